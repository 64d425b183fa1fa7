"""The SCORM 2004 data model and API: what ADL's cases leave out, and what holds for any call."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorm_runtime.cmi import scorm2004_interval as interval
from scorm_runtime.cmi import scorm2004_tracking as bridge
from scorm_runtime.cmi.scorm2004 import Api
from scorm_runtime.cmi.scorm2004_model import DataModel
from scorm_runtime.cmi.scorm2004_table import SCORM2004, Edition, table
from scorm_runtime.sequencing import ObjectiveUpdate, State, Tracking, navigate
from scorm_runtime.sequencing import definition as d
from scorm_runtime.sequencing.state import ObjectiveProgress
from tests.scorm_runtime.sequencing.courses import activity, course

FOURTH = table("4th Edition")
LEARNER = bridge.Learner("l-1", "Doe, Jane")


def running(**values: str) -> Api:
    api = Api(DataModel(FOURTH, values))
    assert api.initialize("") == "true"
    return api


def fault(api: Api, name: str, value: str) -> str:
    api.set_value(name, value)
    return api.get_last_error()


class TestApiStates:
    """RTE 3.1: which call is allowed when."""

    def test_before_initialize(self) -> None:
        api = Api(DataModel(FOURTH, {}))
        calls = (
            lambda: api.terminate(""),
            lambda: api.get_value("cmi.location"),
            lambda: api.set_value("cmi.location", "1"),
            lambda: api.commit(""),
        )
        found = [(call(), api.get_last_error())[1] for call in calls]
        assert found == ["112", "122", "132", "142"]

    def test_after_terminate(self) -> None:
        api = running()
        assert api.terminate("") == "true"
        calls = (
            lambda: api.initialize(""),
            lambda: api.terminate(""),
            lambda: api.get_value("cmi.location"),
            lambda: api.set_value("cmi.location", "1"),
            lambda: api.commit(""),
        )
        found = [(call(), api.get_last_error())[1] for call in calls]
        assert found == ["104", "113", "123", "133", "143"]

    def test_terminate_takes_no_argument(self) -> None:
        api = running()
        assert (api.terminate("x"), api.get_last_error()) == ("false", "201")

    def test_asking_about_errors_leaves_the_last_one(self) -> None:
        api = running()
        api.get_value("cmi.nothing")
        assert api.get_error_string("401") == "Undefined Data Model Element"
        assert api.get_diagnostic("") == "Undefined Data Model Element"
        assert api.get_last_error() == "401"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("cmi.location._children", "301"),
        ("cmi.location._count", "301"),
        ("cmi.location._version", "401"),
        ("cmi.objectives._children", "0"),
        ("cmi.objectives.n.id", "401"),
        ("cmi.objectives.0.id", "301"),
        ("cmi.objectives.x.id", "401"),
        ("cmi.exit", "405"),
        ("cmi.core.lesson_status", "401"),
        ("adl.nav.request", "0"),
        ("adl.nav.request_valid.choice.{target=nowhere}", "0"),
        ("adl.nav.request_valid.choice", "401"),
        ("", "301"),
    ],
)
def test_get_value_answers_with_its_error(name: str, error: str) -> None:
    api = running()
    api.get_value(name)
    assert api.get_last_error() == error


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("adl.nav.request", "{target=a.b c}choice", "0"),
        ("adl.nav.request", "{target=a}jump", "0"),
        ("adl.nav.request", "{target=}jump", "406"),
        ("adl.nav.request", "jump", "406"),
        ("cmi.score.scaled", "1.0000001", "407"),
        ("cmi.score.scaled", "NaN", "406"),
        ("cmi.score.raw", "1e5", "406"),
        ("cmi.session_time", "P", "406"),
        ("cmi.session_time", "PT1.234S", "406"),
        ("cmi.learner_preference.audio_level", "-0.1", "407"),
        ("cmi.learner_preference.language", "x-pirate", "0"),
        ("cmi.learner_preference.language", "english", "406"),
        ("cmi.objectives.0.success_status", "passed", "408"),
        ("cmi.comments_from_learner.0.comment", "{lang=fr}Bien", "0"),
        ("cmi.suspend_data", "x" * 100_000, "0"),
        ("cmi.suspend_data", "x" * 4_100_000, "351"),
    ],
)
def test_set_value_answers_with_its_error(name: str, value: str, error: str) -> None:
    assert fault(running(), name, value) == error


class TestInteractions:
    """RTE 4.2.9: a response is what its type allows."""

    def fault(self, kind: str, pattern: str) -> str:
        api = running()
        api.set_value("cmi.interactions.0.id", "i")
        api.set_value("cmi.interactions.0.type", kind)
        return fault(api, "cmi.interactions.0.correct_responses.0.pattern", pattern)

    @pytest.mark.parametrize(
        ("kind", "pattern", "error"),
        [
            ("choice", "a[,]b", "0"),
            ("choice", "a[,]a", "406"),
            ("fill-in", "{case_matters=true}{order_matters=false}{lang=en}a[,]b", "0"),
            ("fill-in", "{case_matters=maybe}a", "406"),
            ("matching", "a[.]b[,]c[.]d", "0"),
            ("matching", "a[.]b[,]c", "406"),
            ("performance", "{order_matters=false}a[.]1[:]2", "0"),
            ("performance", "[.]", "406"),
            ("numeric", "1[:]", "0"),
            ("numeric", "[:]", "406"),
            ("numeric", "2[:]1", "406"),
            ("likert", "a b", "406"),
        ],
    )
    def test_patterns(self, kind: str, pattern: str, error: str) -> None:
        assert self.fault(kind, pattern) == error

    @pytest.mark.parametrize(
        ("kind", "one", "other", "equal"),
        [
            ("choice", "a[,]b", "b[,]a", True),
            ("sequencing", "a[,]b", "b[,]a", False),
            ("numeric range", "1[:]2.0", "1.00[:]2", True),
            ("fill-in pattern", "{case_matters=false}a", "a", True),
            ("fill-in pattern", "{case_matters=true}a", "a", False),
            ("matching", "a[.]b[,]c[.]d", "c[.]d[,]a[.]b", True),
        ],
    )
    def test_what_means_the_same(self, kind: str, one: str, other: str, equal: bool) -> None:
        assert FOURTH.values.equal(kind, one, other) is equal


class TestEditions:
    """One table, three editions."""

    @pytest.mark.parametrize(
        ("edition", "name", "known"),
        [
            ("2nd Edition", "adl.data._count", False),
            ("3rd Edition", "adl.data._count", False),
            ("4th Edition", "adl.data._count", True),
            ("2nd Edition", "cmi.objectives.n.progress_measure", False),
            ("3rd Edition", "cmi.objectives.n.progress_measure", True),
            ("3rd Edition", "adl.nav.request_valid.jump.{target}", False),
        ],
    )
    def test_elements(self, edition: Edition, name: str, known: bool) -> None:
        parent = name.removesuffix("._count")
        assert (parent in table(edition).parents) is known

    def test_children_are_those_of_the_edition(self) -> None:
        assert "progress_measure" not in table("2nd Edition").keywords["cmi.objectives._children"]
        assert "progress_measure" in table("4th Edition").keywords["cmi.objectives._children"]

    def test_a_jump_is_a_request_of_the_4th_edition(self) -> None:
        found = [
            DataModel(table(each), {}).set("adl.nav.request", "{target=a}jump")
            for each in SCORM2004.editions
        ]
        assert found == ["406", "406", "0"]


class TestBetweenModelAndSequencing:
    """RTE 4.2 and SN 4.2.1.6."""

    def test_what_a_sco_says_is_reported(self) -> None:
        api = running()
        for name, value in {
            "cmi.success_status": "passed",
            "cmi.completion_status": "unknown",
            "cmi.score.scaled": "0.50",
            "cmi.objectives.0.id": "o",
            "cmi.objectives.0.completion_status": "not attempted",
            "cmi.exit": "suspend",
        }.items():
            assert api.set_value(name, value) == "true"
        assert bridge.report(api.model) == Tracking(
            activity=ObjectiveUpdate(satisfied=True, completed=None, measure=Decimal("0.50")),
            objectives={"o": ObjectiveUpdate(completed=False)},
            suspend=True,
        )

    def test_what_a_sco_does_not_touch_is_not_reported(self) -> None:
        model = DataModel(FOURTH, {"cmi.success_status": "passed", "cmi.objectives.0.id": "o"})
        assert bridge.report(model) == Tracking()

    @pytest.mark.parametrize(("left", "asks"), [("time-out", "exitAll"), ("normal", "continue")])
    def test_how_it_leaves_decides_what_it_asks_for(self, left: str, asks: str) -> None:
        api = running()
        api.set_value("adl.nav.request", "continue")
        api.set_value("cmi.exit", left)
        assert bridge.requested(api.model) == asks

    def test_a_sco_finds_what_the_manifest_and_its_objectives_say(self) -> None:
        mapped = d.Objective(
            "o", primary=True, satisfied_by_measure=True, minimum_measure=Decimal("0.70"),
            maps=(d.ObjectiveMap("shared"),),
        )  # fmt: skip
        tree = course(activity("root", activity("a", objectives=(mapped,))))
        state = navigate(tree, State(), "start").state
        state.objectives["shared"] = ObjectiveProgress(measure=Decimal("0.9"))
        model = bridge.launch(FOURTH, tree, state, tree.activities[1], LEARNER, None)
        assert model.get("cmi.scaled_passing_score") == ("0.70", "0")
        assert model.get("cmi.objectives.0.score.scaled") == ("0.9", "0")
        assert model.get("cmi.objectives.0.success_status") == ("passed", "0")
        assert model.get("cmi.learner_name") == ("Doe, Jane", "0")
        assert model.get("cmi.entry") == ("ab-initio", "0")

    def test_a_suspended_attempt_keeps_its_data_and_adds_its_time(self) -> None:
        api = running()
        api.set_value("cmi.location", "page 3")
        api.set_value("cmi.session_time", "PT1H30M")
        kept = bridge.to_keep(api.model)
        again = DataModel(FOURTH, kept)
        again.set("cmi.session_time", "PT45M0.5S")
        assert again.get("cmi.location") == ("page 3", "0")
        assert interval.seconds(bridge.to_keep(again)["cmi.total_time"]) == Decimal("8100.5")


names = st.sampled_from(
    sorted(
        {
            element.name.replace(".n.", ".0.").replace("{target}", "{target=a}")
            for element in FOURTH.elements
        }
        | {element.name.replace(".n.", ".1.") for element in FOURTH.elements}
        | set(FOURTH.keywords)
        | {f"{name}._count" for name in FOURTH.collections}
    )
) | st.text(max_size=12)
values = st.sampled_from(
    ["", "passed", "completed", "suspend", "choice", "numeric", "a", "a[,]b", "1", "-0.5", "1[:]2",
     "PT1M", "2004-01-01", "{lang=en}x", "{lang=", "continue", "\ud83d\ude00", "true"]
) | st.text(max_size=8)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(names, values), max_size=25))
def test_any_call_answers_with_a_known_error_and_a_refused_one_changes_nothing(
    calls: list[tuple[str, str]],
) -> None:
    model = DataModel(FOURTH, {})
    for name, value in calls:
        before = dict(model.values)
        error = model.set(name, value)
        assert error in FOURTH.messages
        if error != "0":
            assert model.values == before
        got, error = model.get(name)
        assert error in FOURTH.messages
        assert error == "0" or got == ""


@given(st.decimals(0, 10**9, places=2), st.decimals(0, 10**9, places=2))
def test_intervals_add_up(one: Decimal, other: Decimal) -> None:
    summed = interval.add(interval.written(one), interval.written(other))
    assert interval.seconds(summed) == one + other
    assert FOURTH.values.check("timeinterval", summed) == "none"
