"""What this server wrote last is at hand for the session that runs, and for no other."""

from datetime import UTC, datetime

from msgspec.structs import replace

from scorm_runtime.held import Held, Recent
from scorm_runtime.sessions import Attempt, Session
from tests.scorm_runtime.courses import a_launch

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def held(number: int, session_id: str | None) -> Held:
    session = None
    if session_id is not None:
        session = Session(id=session_id, player="p", position=0, started=NOW, touched=NOW)
    attempt = Attempt(id=f"a{number}", launch=a_launch(), number=number, items=(), session=session)
    return Held(attempt, {}, None, version=number, unsent=({"id": "s1"}, {"id": "s2"}))


def test_an_attempt_is_found_by_the_session_that_runs() -> None:
    recent = Recent(2)
    recent.put(held(1, "one"))
    recent.put(held(2, None))
    found = recent.of_session("one")
    assert found is not None
    assert found.attempt.id == "a1"
    assert recent.of_session("two") is None


def test_the_oldest_goes_when_there_are_too_many() -> None:
    recent = Recent(2)
    for number in (1, 2, 3):
        recent.put(held(number, f"s{number}"))
    assert recent.of_session("s1") is None
    assert recent.of_session("s3") is not None


def test_statements_that_were_sent_wait_no_longer() -> None:
    recent = Recent(2)
    recent.put(replace(held(1, "one"), version=4))
    recent.sent("a1", {"s1"})
    found = recent.of_session("one")
    assert found is not None
    assert found.unsent == ({"id": "s2"},)
    recent.drop("a1")
    assert recent.of_session("one") is None
