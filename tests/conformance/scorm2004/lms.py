"""An LMS without a browser or a database: one learner, some packages, one SCO at a time."""

from pathlib import Path
from typing import cast

from lxml import etree

from scorm_runtime.cmi import scorm2004_tracking as bridge
from scorm_runtime.cmi.scorm2004 import Api
from scorm_runtime.cmi.scorm2004_table import table
from scorm_runtime.sequencing.elements import child
from scorm_runtime.sequencing.overall import navigate
from scorm_runtime.sequencing.reader import read_organization
from scorm_runtime.sequencing.state import ObjectiveProgress, Outcome, Request, State
from scorm_runtime.sequencing.tracking import record
from scorm_runtime.sequencing.tree import Activity, ActivityTree
from scorm_runtime.sequencing.validity import ValidRequests, valid_requests

TABLE = table("4th Edition")
LEARNER = bridge.Learner("learner-1", "Learner, One")


class Course:
    """A package with the learner's state in it."""

    def __init__(self, manifest: Path) -> None:
        root = etree.parse(manifest).getroot()
        organization = child(child(root, "organizations"), "organization")
        assert organization is not None
        self.complaints: list[str] = []
        read = read_organization(
            organization, root, lambda element, text: self.complaints.append(text)
        )
        self.tree = ActivityTree(read)
        self.state = State()
        self.kept: dict[str, dict[str, str]] = {}


class Lms:
    """What stands between a learner's browser and the sequencing."""

    def __init__(self) -> None:
        self.objectives: dict[str, ObjectiveProgress] = {}
        self.data: dict[str, str] = {}
        self.course: Course | None = None
        self.api: Api | None = None
        self.last: Outcome | None = None

    @property
    def tree(self) -> ActivityTree:
        assert self.course is not None
        return self.course.tree

    @property
    def current(self) -> Activity | None:
        """The activity whose SCO is running."""
        if self.course is None or self.api is None or self.course.state.current is None:
            return None
        return self.tree.by_identifier[self.course.state.current]

    @property
    def ended(self) -> bool:
        """Whether no sequencing session is going on."""
        return self.course is None or self.course.state.current is None

    def take(self, manifest: Path) -> Course:
        """Take a package in."""
        return Course(manifest)

    def open(self, course: Course) -> None:
        """Take a package up, with what is global to the learner."""
        self.course, self.api = course, None
        organization = course.tree.organization
        if organization.objectives_global_to_system:
            course.state.objectives.update(self.objectives)
        if organization.shared_data_global_to_system:
            course.state.data.update(self.data)

    def launch(self) -> None:
        """Resume what was suspended, else start."""
        assert self.course is not None
        self.navigate("start" if self.course.state.suspended is None else "resumeAll")

    def navigate(self, request: Request, target: str | None = None) -> None:
        """Carry a request out: first the running SCO is taken away, then the next is launched."""
        assert self.course is not None
        state = self.course.state
        if self.api is not None:
            self.api.terminate("")
            if request not in ("abandon", "abandonAll"):
                state = record(self.tree, state, bridge.report(self.api.model))
                self._keep(self.api)
            self.api = None
        outcome = navigate(self.tree, state, request, target)
        self.last, self.course.state = outcome, outcome.state
        self._share()
        if outcome.delivery is not None:
            self._deliver(outcome.delivery.activity, outcome.delivery.resumed)

    def asked(self) -> str | None:
        """What the SCO asks for as it ends."""
        return None if self.api is None else bridge.requested(self.api.model)

    def proceed(self, request: str, target: str | None) -> None:
        """Carry out what the SCO asked for as it ended."""
        self.navigate(cast(Request, request), target)

    def _keep(self, api: Api) -> None:
        assert self.course is not None
        assert self.course.state.current is not None
        self.course.kept[self.course.state.current] = bridge.to_keep(api.model)

    def _share(self) -> None:
        assert self.course is not None
        organization = self.tree.organization
        if organization.objectives_global_to_system:
            self.objectives = dict(self.course.state.objectives)
        if organization.shared_data_global_to_system:
            self.data = dict(self.course.state.data)

    def _deliver(self, identifier: str, resumed: bool) -> None:
        assert self.course is not None
        kept = self.course.kept.get(identifier) if resumed else None
        activity = self.tree.by_identifier[identifier]
        model = bridge.launch(TABLE, self.tree, self.course.state, activity, LEARNER, kept)
        self.api = Api(model)
        bridge.set_valid_requests(model, self.valid())

    def valid(self) -> ValidRequests:
        """What can be asked for now."""
        assert self.course is not None
        tracking = None if self.api is None else bridge.report(self.api.model)
        return valid_requests(self.tree, self.course.state, tracking)
