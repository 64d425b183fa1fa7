"""ADL's LMS cases at the player: controls are clicked, the API is called from the SCO's page."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from aiohttp.test_utils import TestServer
from playwright.async_api import Frame, Locator, Page
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.cmi.scorm2004 import Api
from scorm_runtime.http import content_application
from scorm_runtime.launch import Launch
from scorm_runtime.runtime import Runtime
from scorm_runtime.sequencing import Entry, Request, ValidRequests
from scorm_runtime.sequencing.tree import Activity, ActivityTree
from tests.conformance.scorm2004.lms import LEARNER, Course, Lms
from tests.conformance.scorm2004.packages import Shelf
from tests.scorm_runtime.courses import KEY, Sink, a_launch

Answer = TypeVar("Answer")

SCO = """<!doctype html>
<meta charset="utf-8"><title>SCO</title>
<p>This page calls nothing by itself until it is taken away.</p>
<script>
  let win = window;
  while (!win.API_1484_11 && win.parent !== win) win = win.parent;
  window.api = win.API_1484_11;
  window.fresh = true;
  addEventListener("pagehide", () => window.api && window.api.Terminate(""));
</script>
"""
SETTLED = """() => {
  const {dataset} = document.body;
  if ("busy" in dataset || !dataset.saving && dataset.session === "suspended") return false;
  if (dataset.session !== "active") return true;
  if (document.querySelector("#notice").dataset.kind === "paused") return true;
  const sco = document.querySelector("iframe[data-sco]").contentWindow;
  return sco.fresh === true && sco.document.readyState === "complete";
}"""
ACKNOWLEDGED = "() => !Object.keys(localStorage).some((key) => key.includes(':outbox:'))"


class PageApi(Api):
    """The API instance that the SCO's page has found."""

    def __init__(self, lms: "PlayedLms", frame: Frame) -> None:
        self._lms, self._frame = lms, frame
        self.values: dict[str, str] = {}

    def _call(self, name: str, *given: str) -> str:
        work = self._frame.evaluate("([name, ...given]) => api[name](...given)", [name, *given])
        return cast(str, self._lms.wait(work))

    def initialize(self, argument: str) -> str:
        """Initialize."""
        return self._call("Initialize", argument)

    def terminate(self, argument: str) -> str:
        """Terminate."""
        return self._call("Terminate", argument)

    def commit(self, argument: str) -> str:
        """Commit."""
        return self._call("Commit", argument)

    def get_value(self, element: str) -> str:
        """GetValue."""
        return self._call("GetValue", element)

    def set_value(self, element: str, value: str) -> str:
        """SetValue."""
        answer = self._call("SetValue", element, value)
        if answer == "true":
            self.values[element] = value
        return answer

    def get_last_error(self) -> str:
        """GetLastError."""
        return self._call("GetLastError")

    def get_error_string(self, code: str) -> str:
        """GetErrorString."""
        return self._call("GetErrorString", code)

    def get_diagnostic(self, code: str) -> str:
        """GetDiagnostic."""
        return self._call("GetDiagnostic", code)


@dataclass
class PlayedCourse:
    """A package under a launch."""

    launch: Launch
    tree: ActivityTree


class PlayedLms(Lms):
    """A learner at the player, driven from a thread beside the browser's event loop."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]], page: Page, folder: Path) -> None:
        super().__init__()
        sco = folder / "sco.html"
        sco.write_text(SCO)
        self.shelf = Shelf(sco)
        self.runtime = Runtime(database, Sink(), self.shelf, KEY)
        self.server = TestServer(content_application(self.runtime))
        self.page = page
        self._loop = asyncio.get_running_loop()
        self._playing: PlayedCourse | None = None

    def wait(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """What a coroutine comes to in the browser's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def take(self, manifest: Path) -> Course:
        """Take a package in."""
        package_id = self.shelf.put(manifest)
        launch = a_launch(
            package_id=package_id,
            lesson_id=package_id,
            learner_id=LEARNER.identifier,
            learner_name=LEARNER.name,
        )
        course = self.wait(self.runtime.outline(launch)).course
        assert course is not None
        return cast(Course, PlayedCourse(launch, course.tree))

    @property
    def current(self) -> Activity | None:
        """The activity whose SCO is running."""
        if self.api is None:
            return None
        identifier = self._read("iframe[data-sco]", "data-sco")
        return self.tree.by_identifier.get(identifier)

    @property
    def ended(self) -> bool:
        """Whether no sequencing session is going on."""
        if self._read("body", "data-session") != "active":
            return True
        return self.api is None and not self._enabled("exitAll")

    def open(self, course: Course) -> None:
        """Take a package up."""
        self.course, self.api = course, None

    def launch(self) -> None:
        """Start the course, or take it up where it was left."""
        self._playing = cast(PlayedCourse, self.course)
        url = self.server.make_url(self.runtime.launch(self._playing.launch))
        self.wait(self.page.goto(str(url)))
        self._settle()

    def navigate(self, request: Request, target: str | None = None) -> None:
        """Click a control."""
        if self._playing is not self.course:
            self.launch()
            if self.current is not None and self.current.identifier == target:
                return
        if request == "choice":
            control = self.page.locator(f'[data-item="{target}"]')
        else:
            control = self.page.locator(f"[data-nav={request}]")
        self.wait(self._click(control))
        self._settle()

    async def _click(self, control: Locator) -> None:
        async with self.page.expect_response("**/sessions"):
            await control.click(timeout=5_000)

    def asked(self) -> str | None:
        """What the SCO asks for as it ends."""
        assert isinstance(self.api, PageApi)
        if self.api.values.get("cmi.exit") in ("time-out", "logout"):
            return "exitAll"
        asked = self.api.values.get("adl.nav.request", "_none_")
        return None if asked == "_none_" else asked

    def proceed(self, request: str, target: str | None) -> None:
        """The SCO ends its session, and the player does what it asked for."""
        assert self.api is not None
        self.api.terminate("")
        self._settle()

    def valid(self) -> ValidRequests:
        """What the page shows."""
        self.wait(self.page.wait_for_function(ACKNOWLEDGED))
        items = self.wait(
            self.page.eval_on_selector_all(
                "[data-item]",
                "all => all.map(e => [e.dataset.item, e.ariaDisabled, e.ariaCurrent])",
            )
        )
        entries = tuple(
            Entry(item, "", 0, True, disabled == "false", False, current == "true")
            for item, disabled, current in items
        )
        return ValidRequests(self._enabled("continue"), self._enabled("previous"), entries)

    def _enabled(self, control: str) -> bool:
        return self._read(f"[data-nav={control}]", "aria-disabled") == "false"

    def _read(self, selector: str, attribute: str) -> str:
        return self.wait(self.page.get_attribute(selector, attribute)) or ""

    def _settle(self) -> None:
        """Wait for what comes of a request: a SCO, or the end of the session."""
        self.wait(self.page.wait_for_function(SETTLED))
        self.wait(self.page.wait_for_function(ACKNOWLEDGED))
        self.api = None
        if self._read("iframe[data-sco]", "data-sco"):
            self.api = PageApi(self, self.wait(self._frame()))

    async def _frame(self) -> Frame:
        handle = await self.page.query_selector("iframe[data-sco]")
        assert handle is not None
        frame = await handle.content_frame()
        assert frame is not None
        await frame.evaluate("window.fresh = false")
        return frame
