"""docs/api-coverage.md tells the truth of routes, events, codes, their tests, and what is asked."""

import pytest
from lyceum_client import LyceumClient

from api.rest import routes
from api.rest.codes import is_listed
from api.settings.rates import DEFAULT
from content.telling.events import TYPES
from scorm_runtime.http import content, player, sessions
from tests.api.callers import Client
from tests.api.coverage import seeds
from tests.api.coverage.calls import said_by
from tests.api.coverage.document import ADDRESS, document
from tests.api.coverage.rows import Kind, Seed, When
from tests.api.coverage.shown import SHOWN
from tests.api.coverage.table import ROWS

ANSWERS = sorted({(row.kind, answer) for row in ROWS for answer in row.answers})
OF_KIND = {kind: [answer for each, answer in ANSWERS if each is kind] for kind in Kind}


def _shows(kind: Kind, answer: str) -> bool:
    """Whether the test of an answer calls it, or names it."""
    said = said_by(SHOWN[answer])
    return said.asks(*answer.split(" ")) if kind is Kind.ENDPOINT else said.mentions(answer)


def test_the_document_is_what_the_table_says() -> None:
    assert ADDRESS.read_text(encoding="utf-8") == document(), "python -m tests.api.coverage"


async def test_every_route_is_served(client: Client) -> None:
    runtime = [*sessions.routes, *player.routes, *content.routes]
    served = {(each.method, each.path) for each in [*routes(), *runtime]}
    served |= {(each.method, each.resource.canonical) for each in client.app.router.routes()}
    asked = [tuple(answer.split(" ")) for answer in OF_KIND[Kind.ENDPOINT]]
    assert [each for each in asked if not served & {each, ("*", each[1])}] == []


def test_every_event_is_told_of() -> None:
    assert [each for each in OF_KIND[Kind.EVENT] if each not in TYPES] == []


def test_every_code_is_listed() -> None:
    assert [each for each in OF_KIND[Kind.CODE] if not is_listed(each)] == []


def test_every_limit_is_the_default() -> None:
    assert [each for each in OF_KIND[Kind.LIMIT] if each not in DEFAULT.split(",")] == []


def test_every_call_is_the_python_clients() -> None:
    assert [each for each in OF_KIND[Kind.CALL] if not hasattr(LyceumClient, each)] == []


def test_every_answer_is_shown_by_a_test_that_calls_or_names_it() -> None:
    assert [answer for kind, answer in ANSWERS if not _shows(kind, answer)] == []


def test_nothing_is_shown_that_nobody_asks_for() -> None:
    assert SHOWN.keys() - {answer for _, answer in ANSWERS} == set()


def test_what_is_not_there_says_why() -> None:
    assert [row.asked for row in ROWS if not row.answers and not row.remark] == []
    assert [row.asked for row in ROWS if (row.when is When.NOW) != bool(row.answers)] == []


@pytest.mark.parametrize("seed", Seed)
def test_nothing_that_the_documents_name_is_left_out(seed: Seed) -> None:
    folder = seeds.folder()
    if folder is None:
        pytest.skip("the folder shared with the documents is not beside the checkout")
    text = (folder / seeds.FILES[seed]).read_text(encoding="utf-8")
    named = {(Kind.ENDPOINT, each) for each in seeds.endpoints(text)}
    named |= {(Kind.EVENT, each) for each in seeds.events(text)}
    named |= {(Kind.CODE, each) for each in seeds.codes(text)}
    named |= {(Kind.LIMIT, each) for each in seeds.limits(text)}
    named |= {(Kind.CALL, each) for each in seeds.calls(text)}
    rows = [(row.kind, row.asked) for row in ROWS if row.seed is seed]
    assert named ^ set(rows) == set()
    assert len(rows) == len(set(rows))


def test_a_test_that_does_not_call_a_route_does_not_show_it() -> None:
    said = said_by("api/test_training.py::test_modules_and_lessons_are_put_in_order")
    assert said.asks("POST", "/modules/{module_id}/lessons/reorder")
    assert said.asks("GET", "/courses/{course_id}/modules")
    assert not said.asks("GET", "/modules/{module_id}/lessons/reorder")
    assert not said.asks("GET", "/modules/{module_id}")
    assert not said.asks("POST", "/modules/{module_id}/lessons/{lesson_id}/reorder")
    assert not said.mentions("lesson_locked")
    with pytest.raises(LookupError):
        said_by("api/test_training.py::test_nothing_of_the_kind")
