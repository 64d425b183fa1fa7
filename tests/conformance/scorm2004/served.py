"""The same LMS as the runtime serves it: attempts in MongoDB, numbered commits, requests."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.cmi import scorm2004_tracking as bridge
from scorm_runtime.cmi.scorm2004 import Api
from scorm_runtime.cmi.scorm2004_model import DataModel
from scorm_runtime.launch import Launch
from scorm_runtime.navigation import Kind, Navigation
from scorm_runtime.runtime import CommitRequest, Committed, Opened, OpenRequest, Runtime
from scorm_runtime.sequencing import Request, ValidRequests
from scorm_runtime.sequencing.tree import Activity, ActivityTree
from scorm_runtime.sessions import Attempt, Commit
from tests.conformance.scorm2004.lms import LEARNER, Course, Lms
from tests.conformance.scorm2004.packages import Shelf
from tests.scorm_runtime.courses import KEY, Sink, a_launch

Answer = TypeVar("Answer")


class LoggedApi(Api):
    """An API that remembers what was set since the last commit."""

    def __init__(self, model: DataModel) -> None:
        super().__init__(model)
        self.changes: list[tuple[str, str]] = []

    def set_value(self, element: str, value: str) -> str:
        """SetValue."""
        answer = super().set_value(element, value)
        if answer == "true":
            self.changes.append((element, value))
        return answer


@dataclass
class ServedCourse:
    """A package under a launch."""

    launch: Launch
    tree: ActivityTree
    table: Any
    attempt: Attempt | None = None


class ServedLms(Lms):
    """Drives a runtime from a thread beside its event loop."""

    def __init__(
        self, database: AsyncDatabase[dict[str, Any]], loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__()
        self.shelf = Shelf()
        self.sink = Sink()
        self.runtime = Runtime(database, self.sink, self.shelf, KEY)
        self._loop = loop
        self._opened: Opened | None = None
        self._valid: ValidRequests | None = None
        self._number = 0
        self._wait(self.runtime.prepare())

    def _wait(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def take(self, manifest: Path) -> Course:
        """Take a package in."""
        package_id = self.shelf.put(manifest)
        launch = a_launch(
            package_id=package_id,
            lesson_id=package_id,
            learner_id=LEARNER.identifier,
            learner_name=LEARNER.name,
        )
        course = self._wait(self.runtime.outline(launch)).course
        assert course is not None
        return cast(Course, ServedCourse(launch, course.tree, course.table))

    @property
    def served(self) -> ServedCourse:
        return cast(ServedCourse, self.course)

    @property
    def current(self) -> Activity | None:
        """The activity whose SCO is running."""
        opened = self._opened
        if self.api is None or opened is None or opened.session is None:
            return None
        return self.tree.activities[opened.session.position]

    @property
    def ended(self) -> bool:
        """Whether no sequencing session is going on."""
        attempt = self.served.attempt
        return attempt is None or attempt.sequencing is None or attempt.sequencing.current is None

    def open(self, course: Course) -> None:
        """Take a package up."""
        self.course, self.api = course, None

    def launch(self) -> None:
        """Resume what was suspended, else start."""
        self._open(Navigation())

    def navigate(self, request: Request, target: str | None = None) -> None:
        """The learner uses a control: the SCO is taken away and ends its session."""
        self._finish(proceed=False)
        self._open(Navigation(cast(Kind, request), target))

    def proceed(self, request: str, target: str | None) -> None:
        """The SCO ends its session, and what it asked for is carried out."""
        if self._finish(proceed=True) and not self.ended:
            self._open(Navigation())

    def valid(self) -> ValidRequests:
        """What can be asked for now, after a commit."""
        self._commit()
        assert self._valid is not None
        return self._valid

    def _finish(self, *, proceed: bool) -> bool:
        if self.api is None:
            return False
        self.api.terminate("")
        moved = self._commit(finish=True, proceed=proceed).moved
        self.api = None
        return moved

    def _commit(self, **marks: Any) -> Committed:
        assert isinstance(self.api, LoggedApi)
        assert self._opened is not None
        assert self._opened.session is not None
        self._number += 1
        changes, self.api.changes = tuple(self.api.changes), []
        commit = Commit(self._number, changes, initialize=self._number == 1, **marks)
        request = CommitRequest(self._opened.session.id, (commit,))
        answer = self._wait(self.runtime.commit(self.served.launch, request))
        assert not answer.refused, answer.refused
        assert self._wait(self.runtime.commit(self.served.launch, request)).number == self._number
        self.served.attempt = answer.attempt
        self._valid = answer.valid or self._valid
        return answer

    def _open(self, navigation: Navigation) -> None:
        opened = self._wait(
            self.runtime.open(self.served.launch, OpenRequest("player", navigation))
        )
        self._opened, self._valid, self._number, self.api = opened, opened.valid, 0, None
        self.served.attempt = opened.attempt
        if opened.session is not None:
            activity = self.tree.activities[opened.session.position]
            model = DataModel(self.served.table, opened.values, bridge.access(activity))
            assert opened.valid is not None
            bridge.set_valid_requests(model, opened.valid)
            self.api = LoggedApi(model)
