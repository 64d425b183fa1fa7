"""Assignments: work that is handed in by a date, and graded by criteria."""

from content.assignments.assignment import Assignment as Assignment
from content.assignments.assignment import AssignmentChanges as AssignmentChanges
from content.assignments.assignment import AssignmentDraft as AssignmentDraft
from content.assignments.assignment import AssignmentFilter as AssignmentFilter
from content.assignments.assignment import Criterion as Criterion
from content.assignments.library import archive as archive
from content.assignments.library import carry as carry
from content.assignments.library import create as create
from content.assignments.library import find as find
from content.assignments.library import get as get
from content.assignments.library import of_lesson as of_lesson
from content.assignments.library import update as update
