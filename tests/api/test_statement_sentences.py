"""Statements as sentences: every shape that the standard allows, in the reader's language."""

from typing import Any

import pytest

from api.pages.statements.sentences import MOST_CHARACTERS, Words, sentence, who

ADL = "http://adlnet.gov/expapi/verbs/"
ADA = {"name": "Ada Lovelace", "mbox": "mailto:ada@example.org"}
GRACE = {"name": "Grace Hopper", "mbox": "mailto:grace@example.org"}
GOLF = {"id": "https://example.org/golf", "definition": {"name": {"en-US": "Golf Explained"}}}
COMPLETED = {"id": ADL + "completed", "display": {"en-US": "completed"}}
TRUE_FALSE = {"definition": {"name": {"en": "Is grass green?"}, "interactionType": "true-false"}}
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"


def said(*languages: str, **parts: Any) -> str:
    """The sentence of a statement, English unless other languages are read."""
    statement = {"actor": ADA, "verb": COMPLETED, "object": GOLF, **parts}
    return str(sentence(statement, languages or ("en",))).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ({}, ""),
        ({"score": {"scaled": 0.9}}, " with 90 %"),
        ({"score": {"scaled": 0.333}}, " with 33.3 %"),
        ({"score": {"scaled": -1}}, " with -100 %"),
        ({"score": {"raw": 9, "max": 10}}, " with 9 of 10 points"),
        ({"score": {"raw": 1234567}}, " with 1234567 points"),
        ({"score": {"raw": 1}}, " with 1 point"),
        ({"score": {"min": 0}}, ""),
        ({"success": True}, " passed"),
        ({"score": {"scaled": 0.2}, "success": False}, " with 20 %, failed"),
        ({"duration": "PT4M10.4S"}, " in 4 min 10 s"),
        ({"duration": "P1DT2H3M"}, " in 1 d 2 h"),
        ({"duration": "PT0.2S"}, " in under 1 s"),
        ({"duration": "PT0S"}, ""),
        ({"extensions": {PROGRESS: 40}}, " 40 % done"),
        ({"extensions": {PROGRESS: "much"}}, ""),
        ({"response": "an essay"}, ""),
    ],
)
def test_the_outcome_is_told(result: dict[str, Any], outcome: str) -> None:
    assert said(result=result) == f"Ada Lovelace completed ‘Golf Explained’{outcome}"


def test_what_the_verb_tells_is_not_told_again() -> None:
    passed = {"id": ADL + "passed", "display": {"en": "passed"}}
    assert said(verb=passed, result={"success": True}) == "Ada Lovelace passed ‘Golf Explained’"


def test_an_answer_is_told_with_its_response() -> None:
    answered = {"id": ADL + "answered", "display": {"en": "answered"}}
    question = {"id": "https://example.org/q", **TRUE_FALSE}
    result = {"response": "true", "success": True, "duration": "PT4S"}
    assert (
        said(verb=answered, object=question, result=result)
        == "Ada Lovelace answered ‘Is grass green?’ with “true”, correct, in 4 s"
    )


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        (ADA, "Ada Lovelace"),
        ({"name": " ", "mbox": "mailto:ada@example.org"}, "ada@example.org"),
        ({"account": {"homePage": "https://lms.example.org", "name": "ada"}}, "ada"),
        ({"openid": "https://ada.example.org/"}, "https://ada.example.org/"),
        ({"mbox_sha1sum": "0123456789" * 4}, "e-mail hash 01234567…"),
        ({"objectType": "Group", "name": "Team A", "member": [ADA]}, "Team A"),
        ({"objectType": "Group", "mbox": "mailto:team@example.org"}, "team@example.org"),
        ({"objectType": "Group", "member": [ADA]}, "Ada Lovelace"),
        ({"objectType": "Group", "member": [ADA, GRACE]}, "Ada Lovelace and Grace Hopper"),
        (
            {"objectType": "Group", "member": [ADA, GRACE, ADA]},
            "Ada Lovelace, Grace Hopper and Ada Lovelace",
        ),
        (
            {"objectType": "Group", "member": [ADA, GRACE, ADA, ADA]},
            "Ada Lovelace, Grace Hopper and 2 others",
        ),
        ({"objectType": "Group", "member": []}, "a group"),
        ({"objectType": "Group"}, "a group"),
        ({"name": "a\n\tb"}, "a b"),
        ({}, "somebody"),
    ],
)
def test_every_actor_is_called_something(actor: dict[str, Any], name: str) -> None:
    assert who(actor) == name


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ({"id": ADL + "completed"}, "completed"),
        ({"id": "https://w3id.org/xapi/adl/verbs/logged-in/"}, "logged in"),
        ({"id": "https://example.org/v#did_it"}, "did it"),
        ({"id": "tag:example.org,2026:ran"}, "ran"),
        ({"id": "https://example.org/verbs/r%C3%A9ussi"}, "réussi"),
        ({"id": ADL + "completed", "display": {}}, "completed"),
        ({"id": ADL + "completed", "display": {"en": " "}}, "completed"),
        ({"id": "urn:x:", "display": {"en": "<b>did</b>"}}, "<b>did</b>"),
    ],
)
def test_a_verb_without_display_is_called_by_its_iri(verb: dict[str, Any], words: str) -> None:
    assert said(verb=verb) == f"Ada Lovelace {words} ‘Golf Explained’"


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        ({"id": "https://example.org/golf"}, "https://example.org/golf"),
        (
            {"id": "https://example.org/golf", "definition": {"name": {}}},
            "https://example.org/golf",
        ),
        ({"id": "u:x", "definition": {"description": {"en": "A game"}}}, "‘A game’"),
        ({"objectType": "Agent", **GRACE}, "Grace Hopper"),
        ({"objectType": "Group", "member": [GRACE]}, "Grace Hopper"),
        (
            {"objectType": "StatementRef", "id": "01234567-89ab-4def-8123-456789abcdef"},
            "statement 01234567…",
        ),
        (
            {"objectType": "SubStatement", "actor": GRACE, "verb": COMPLETED, "object": GOLF},
            "“Grace Hopper completed ‘Golf Explained’”",
        ),
    ],
)
def test_every_object_is_called_something(thing: dict[str, Any], words: str) -> None:
    assert said(object=thing) == f"Ada Lovelace completed {words}"


@pytest.mark.parametrize(
    ("languages", "chosen"),
    [
        (("fr", "de"), Words("Golf", "fr")),
        (("de-at", "fr"), Words("Golfen", "de-DE")),
        (("ja",), Words("The game", "en-GB")),
        ((), Words("The game", "en-GB")),
    ],
)
def test_words_are_chosen_by_the_readers_languages(
    languages: tuple[str, ...], chosen: Words
) -> None:
    named = {"de-DE": "Golfen", "fr": "Golf", "en-GB": "The game"}
    thing = {"id": "u:golf", "definition": {"name": named}}
    made = sentence({"actor": ADA, "verb": COMPLETED, "object": thing}, languages)
    assert made.thing == chosen


def test_words_of_an_unknown_language_have_none() -> None:
    made = sentence(
        {"actor": ADA, "verb": {"id": "u:v", "display": {"und": "did"}}, "object": GOLF}, ("en",)
    )
    assert made.verb == Words("did")


def test_no_part_is_longer_than_a_line() -> None:
    long = {"name": "x" * 100_000}
    assert len(said(actor=long)) < MOST_CHARACTERS + 40
    assert "x…" in said(actor=long)
