"""Sequencing and navigation (SCORM 2004 SN), written as the specification's pseudo-code is.

    tree = ActivityTree(read_organization(organization, manifest, report))
    outcome = navigate(tree, State(seed=7), "start")          # OP.1: what to deliver
    state = record(tree, outcome.state, tracking)             # what the content said, as it ends
    outcome = navigate(tree, state, "continue")
    valid = valid_requests(tree, outcome.state, tracking)     # for controls and contents

A module is a chapter of the specification, a function one of its numbered processes.
"""

from scorm_runtime.sequencing.contents import Entry
from scorm_runtime.sequencing.definition import OrganizationDefinition
from scorm_runtime.sequencing.exceptions import EXPLANATIONS, SequencingException
from scorm_runtime.sequencing.overall import navigate
from scorm_runtime.sequencing.reader import read_organization
from scorm_runtime.sequencing.standing import Standing, Standings
from scorm_runtime.sequencing.state import (
    Delivery,
    ObjectiveProgress,
    ObjectiveUpdate,
    Outcome,
    Request,
    State,
    TraceEntry,
    Tracking,
)
from scorm_runtime.sequencing.tracking import record
from scorm_runtime.sequencing.tree import Activity, ActivityTree
from scorm_runtime.sequencing.validity import ValidRequests, valid_requests

__all__ = [
    "EXPLANATIONS",
    "Activity",
    "ActivityTree",
    "Delivery",
    "Entry",
    "ObjectiveProgress",
    "ObjectiveUpdate",
    "OrganizationDefinition",
    "Outcome",
    "Request",
    "SequencingException",
    "Standing",
    "Standings",
    "State",
    "TraceEntry",
    "Tracking",
    "ValidRequests",
    "navigate",
    "read_organization",
    "record",
    "valid_requests",
]
