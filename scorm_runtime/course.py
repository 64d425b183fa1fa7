"""A SCORM 2004 organization, made ready to be sequenced and to launch its SCOs."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from scorm_runtime.cmi.scorm2004_table import Edition, Table, table
from scorm_runtime.manifest.tree import Edition as PackageEdition
from scorm_runtime.sequencing import ActivityTree, OrganizationDefinition

EDITIONS: Final[dict[PackageEdition, Edition]] = {
    "scorm2004-2nd": "2nd Edition",
    "scorm2004-3rd": "3rd Edition",
    "scorm2004-4th": "4th Edition",
}


@dataclass(frozen=True)
class Course:
    """The activity tree and the data model's edition; an activity's position is its index."""

    tree: ActivityTree
    edition: Edition

    @property
    def table(self) -> Table:
        """The data model of the package's edition."""
        return table(self.edition)

    @cached_property
    def shared_objectives(self) -> frozenset[str]:
        """The objectives that belong to the learner and outlive the attempt, by target."""
        if not self.tree.organization.objectives_global_to_system:
            return frozenset()
        return frozenset(
            each.target
            for activity in self.tree
            for objective in activity.sequencing.objectives
            for each in objective.maps
        )

    @cached_property
    def shared_data(self) -> frozenset[str]:
        """The stores of adl.data that belong to the learner, by target."""
        if not self.tree.organization.shared_data_global_to_system:
            return frozenset()
        return frozenset(each.target for one in self.tree for each in one.definition.data)


def course_of(
    edition: PackageEdition, organization: OrganizationDefinition | None
) -> Course | None:
    """The course of a SCORM 2004 package; None for SCORM 1.2, which has no sequencing."""
    if organization is None or edition not in EDITIONS:
        return None
    return Course(ActivityTree(organization), EDITIONS[edition])
