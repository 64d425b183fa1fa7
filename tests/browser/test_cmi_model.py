"""The browser's data model answers every call as the server's does."""

import http.server
import json
import random
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

import scorm_runtime
from scorm_runtime.cmi import SCORM12
from scorm_runtime.cmi.scorm12 import Api
from tests.scorm_runtime.cmi.calls import sequence

FOLDER = Path(scorm_runtime.__file__).parent
METHODS = {
    "LMSInitialize": "initialize",
    "LMSFinish": "finish",
    "LMSCommit": "commit",
    "LMSGetValue": "get_value",
    "LMSSetValue": "set_value",
    "LMSGetErrorString": "error_string",
}
RUN = """async ([origin, sequences, values]) => {
  const {Table} = await import(origin + "/player/cmi.js");
  const {createApi} = await import(origin + "/player/scorm12.js");
  const table = new Table(await (await fetch(origin + "/cmi/scorm12.json")).json());
  const hooks = {initialize() {}, set() {}, commit() {}, finish() {}};
  return sequences.map((calls) => {
    const api = createApi(table, values, hooks);
    return calls.map(([name, ...given]) => [api[name](...given), api.LMSGetLastError()]);
  });
}"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def origin() -> Iterator[str]:
    """The package's own folder over HTTP: browsers load modules from an origin only."""
    handler = partial(_Quiet, directory=str(FOLDER))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def in_python(calls: list[list[str]], values: dict[str, str]) -> list[list[str]]:
    """The same calls on the server's model."""
    api = Api(values)
    return [[getattr(api, METHODS[name])(*given), api.last_error] for name, *given in calls]


async def test_both_models_answer_the_same_calls_alike(page: Page, origin: str) -> None:
    drawn = random.Random(20261121)
    values = {
        "cmi.core.student_id": "s1",
        "cmi.objectives.0.id": "first",
        "cmi.suspend_data": "a|b",
    }
    sequences = [list(sequence(SCORM12, drawn, 60)) for _ in range(400)]
    await page.goto(f"{origin}/player/")
    answers = await page.evaluate(RUN, [origin, sequences, list(values.items())])
    for calls, answered in zip(sequences, answers, strict=True):
        expected = in_python(calls, values)
        for call, here, there in zip(calls, expected, answered, strict=True):
            assert here == there, json.dumps([call, here, there])


async def test_the_calls_drawn_reach_every_error_code() -> None:
    drawn = random.Random(20261121)
    seen = set()
    for _ in range(400):
        seen.update(error for _, error in in_python(list(sequence(SCORM12, drawn, 60)), {}))
    assert seen == set(SCORM12.messages)
