"""A served package and a learner's hands on its player."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp.test_utils import TestServer
from playwright.async_api import Frame, Page, expect
from pymongo.asynchronous.database import AsyncDatabase

from scorm_runtime.http import content_application
from scorm_runtime.launch import Launch
from scorm_runtime.manifest.tree import Item, Manifest
from scorm_runtime.runtime import Runtime
from tests.scorm_runtime.courses import KEY, Folder, Sink, a_launch, manifest

SCO = """<!doctype html>
<meta charset="utf-8"><title>SCO</title>
<style>body {font: 1.1rem/1.6 Georgia, serif; max-width: 38rem; margin: 3rem auto; padding: 0 1rem}
</style>
<h1>The analytical engine</h1>
<p>It weaves algebraic patterns just as the Jacquard loom weaves flowers and leaves.</p>
<p id="entry"></p>
<button onclick="API.LMSFinish('')">End</button>
<script>
  function find(win) {
    for (let n = 0; n < 10 && win && !win.API; n += 1) win = win.parent === win ? null : win.parent;
    return win && win.API;
  }
  var API = find(window);
  var initialized = API.LMSInitialize("");
  document.getElementById("entry").textContent = API.LMSGetValue("cmi.core.lesson_location");
  window.onunload = function () {
    if (window.quiet) return;
    API.LMSSetValue("cmi.core.session_time", "00:00:30");
    API.LMSFinish("");
  };
</script>
"""


class Course:
    """A package on a content origin, and what came of it."""

    def __init__(
        self,
        database: AsyncDatabase[dict[str, Any]],
        folder: Path,
        *items: Item,
        package: Manifest | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        (folder / "sco.html").write_text(SCO)
        self.sink = Sink()
        source = Folder(package or manifest(*items), folder)
        self.runtime = Runtime(database, self.sink, source, KEY, clock=clock)
        self.server = TestServer(content_application(self.runtime))

    async def start(self) -> None:
        """Serve on a free port."""
        await self.runtime.prepare()
        await self.server.start_server()

    async def stop(self) -> None:
        """Stop serving."""
        await self.server.close()

    def url(self, launch: Launch | None = None) -> str:
        """A fresh launch."""
        return str(self.server.make_url(self.runtime.launch(launch or a_launch())))

    async def enter(self, page: Page) -> Frame:
        """Launch in a tab; the SCO's frame."""
        await page.goto(self.url())
        return await playing(page)


async def playing(page: Page) -> Frame:
    """The frame of the SCO, once it has spoken to the API."""
    await expect(page.locator("body[data-session=active]:not([data-busy])")).to_have_count(1)
    handle = await page.query_selector("iframe[data-sco]")
    assert handle is not None
    frame = await handle.content_frame()
    assert frame is not None
    await frame.wait_for_url("**/content/**")
    await frame.wait_for_function("() => window.initialized === 'true'")
    return frame


async def saved(page: Page) -> None:
    """Wait until the server has acknowledged everything."""
    await expect(page.locator("body[data-saving=saved]")).to_have_count(1)
    await page.wait_for_function(
        "() => !Object.keys(localStorage).some((key) => key.includes(':outbox:'))"
    )


async def sets(frame: Frame, *changes: tuple[str, str]) -> None:
    """The SCO sets elements and commits."""
    for element, value in changes:
        arguments = [element, value]
        assert await frame.evaluate("([e, v]) => API.LMSSetValue(e, v)", arguments) == "true"
    assert await frame.evaluate("API.LMSCommit('')") == "true"


def path_of(page: Page) -> str:
    """Where the tab is, without its origin."""
    return urlsplit(page.url).path
