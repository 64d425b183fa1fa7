"""Replays one of ADL's LMS test cases: the learner's clicks, the SCO's calls, the answers."""

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from scorm_runtime.cmi.scorm2004 import Api
from scorm_runtime.cmi.scorm2004_interval import seconds
from scorm_runtime.sequencing.contents import Entry
from scorm_runtime.sequencing.tree import Activity, ActivityTree
from tests.conformance.scorm2004.lms import LEARNER, TABLE, Course, Lms

Json = dict[str, Any]
_ROOT = "the activity that corresponds to the root"
_TARGET = re.compile(r"\{target=(.*)\}(choice|jump)")
_ANYTHING = "Returned a valid value or error code"
_WORDS = {
    "A characterstring value less than 255 characters": lambda got: 0 < len(got) < 255,
    "An empty characterstring value": lambda got: got == "",
}


class Replay:
    """One case; `run` gives back every difference, none for an exact one."""

    def __init__(self, case: Json, folder: Path, lms: Lms | None = None) -> None:
        self.case, self.folder = case, folder
        self.lms = lms or Lms()
        self.courses: dict[str, Course] = {}
        self.differences: list[str] = []

    def run(self) -> list[str]:
        visits = self.case["visits"]
        self.open(self.case["start"])
        for place, visit in enumerate(visits):
            following = visits[place + 1] if place + 1 < len(visits) else None
            if place == 0:
                self.begin(visit)
            self.where = f"visit {place + 1} (activity {visit['activity']})"
            current = self.lms.current
            if current is None or current is not numbered(self.lms.tree, visit["activity"]):
                self.differ(f"delivered {current}, after {self.lms.last and self.lms.last.trace}")
                return self.differences
            assert self.lms.api is not None
            for call in visit["calls"]:
                self.call(self.lms.api, call)
            for check in visit.get("ui", ()):
                self.check_control(check)
            self.leave(visit.get("then"), following)
        if not self.lms.ended:
            self.differ(f"the session goes on: {self.lms.last and self.lms.last.trace}")
        return self.differences

    def differ(self, text: str) -> None:
        self.differences.append(f"{self.where}: {text}")

    # -- packages

    def open(self, name: str) -> None:
        """Open the package of this name, or else the one that the case is called after."""
        if not (self.folder / f"{name}.xml").exists():
            name = self.case["case"]
        if name not in self.courses:
            self.courses[name] = self.lms.take(self.folder / f"{name}.xml")
        self.lms.open(self.courses[name])

    def begin(self, visit: Json) -> None:
        """Start the course; where it says an activity, choose that."""
        entry = titled(self.lms.tree, self.case["start"])
        if entry is None:
            self.launch(visit)
        else:
            self.lms.navigate("choice", entry.identifier)

    def launch(self, visit: Json) -> None:
        """Launch; where the course then waits for a choice, make the one that is to come."""
        self.lms.launch()
        if self.lms.current is None:
            self.choose(visit)

    def choose(self, visit: Json) -> None:
        target = numbered(self.lms.tree, visit["activity"])
        self.lms.navigate("choice", target.identifier if target else None)

    # -- what the learner does

    def leave(self, then: Json | None, following: Json | None) -> None:
        click = "" if then is None else then["click"]
        target = None if then is None else then.get("target")
        self.control(click.lower(), target, following)
        other = re.fullmatch("(?i)relaunch(.*)", click)
        named = target or (other[1] if other else "")
        if (self.folder / f"{named}.xml").exists():
            self.open(named)
        if following is None or self.lms.current is not None:
            return
        if self.lms.ended and click:
            self.launch(following)
        elif click.startswith("Root"):
            self.lms.navigate("choice", self.lms.tree.root.identifier)
        elif click:
            self.choose(following)

    def control(self, click: str, target: str | None, following: Json | None) -> None:
        """The LMS's own controls outweigh what the SCO asked for."""
        lms = self.lms
        assert lms.api is not None
        asked = lms.asked()
        if click.startswith("continue"):
            lms.navigate("continue")
        elif click.startswith("previous"):
            lms.navigate("previous")
        elif click.startswith("choice"):
            chosen = titled(lms.tree, target or "")
            lms.navigate("choice", chosen.identifier if chosen else None)
        elif click.startswith(("exit", "trigexitall")):
            lms.navigate("exitAll")
        elif click.startswith("suspend"):
            lms.navigate("suspendAll")
        elif asked is not None:
            self.ask(asked)
        elif "launch" in click or following is None:
            lms.navigate("exitAll")
        else:
            self.choose(following)

    def ask(self, asked: str) -> None:
        """Carry out what the SCO set in adl.nav.request."""
        found = _TARGET.fullmatch(asked)
        if found is None:
            self.lms.proceed(asked, None)
        else:
            self.lms.proceed(found[2], found[1])

    # -- what the SCO does

    def call(self, api: Api, call: Json) -> None:
        if call["call"] == "ObjectiveIds":
            self.check_objectives(api, set(call["ids"]))
            return
        got = self.answer(api, call)
        if call["returns"] == _ANYTHING:
            return
        error = api.get_last_error()
        if error != call["error"]:
            self.differ(f"{shown(call)}: error {error}, not {call['error']}")
        elif not same(call, got):
            self.differ(f"{shown(call)}: {got[:80]!r}, not {call['returns'][:80]!r}")

    def answer(self, api: Api, call: Json) -> str:
        argument = call.get("argument", "")
        if call["call"] == "GetValue":
            return api.get_value(self.element(api, call["element"]))
        if call["call"] == "SetValue":
            return api.set_value(self.element(api, call["element"]), call["value"])
        name = {
            "Initialize": api.initialize,
            "Terminate": api.terminate,
            "Commit": api.commit,
            "GetErrorString": api.get_error_string,
            "GetDiagnostic": api.get_diagnostic,
        }
        if call["call"] == "GetLastError":
            return api.get_last_error()
        return name[call["call"]](argument)

    def element(self, api: Api, element: str) -> str:
        """`&ID&` is the index of the record whose id it is."""
        found = re.search("&([^&]+)&", element)
        if found is None:
            return element
        collection = element[: found.start() - 1]
        for index in range(int(api.get_value(f"{collection}._count") or 0)):
            if api.get_value(f"{collection}.{index}.id") == found[1]:
                return element.replace(found[0], str(index))
        self.differ(f"{element}: no record {found[1]}")
        return element

    def check_objectives(self, api: Api, expected: set[str]) -> None:
        count = int(api.get_value("cmi.objectives._count"))
        got = {api.get_value(f"cmi.objectives.{index}.id") for index in range(count)}
        if got != expected:
            self.differ(f"objectives {got}, not {expected}")

    # -- what the learner sees

    def check_control(self, check: Json) -> None:
        got = self.control_shows(check["control"], check.get("about"))
        if got != check["expected"]:
            self.differ(f"{check['control']} {check.get('about', '')}: {got}")

    def control_shows(self, control: str, about: str | None) -> bool:
        valid, current = self.lms.valid(), self.lms.current
        assert current is not None
        name, state = control.split(".")[:2]
        if name != "toc":
            works = valid.continue_ if name == "continue" else valid.previous
            enabled = works and name not in current.definition.hidden_controls
            return enabled == (state == "enabled")
        if about is None:
            others = [entry for entry in valid.contents if not entry.current]
            return any(entry.visible and entry.choice for entry in others)
        return shows(self.entry(valid.contents, about), state)

    def entry(self, contents: tuple[Entry, ...], about: str) -> Entry | None:
        activity = titled(self.lms.tree, about)
        assert activity is not None, about
        return next((each for each in contents if each.identifier == activity.identifier), None)


def shows(entry: Entry | None, state: str) -> bool:
    if entry is None or not entry.visible:
        return False
    return state == "visible" or entry.choice


def titled(tree: ActivityTree, title: str) -> Activity | None:
    if title.startswith(_ROOT):
        return tree.root
    return next((each for each in tree if each.definition.title == title), None)


def numbered(tree: ActivityTree, number: str) -> Activity | None:
    """activity_N, or the item whose parameters carry act=N."""
    for activity in tree:
        if re.search(rf"[?&]act={re.escape(number)}(?![\w])", activity.definition.parameters or ""):
            return activity
    return tree.by_identifier.get(f"activity_{number}")


def shown(call: Json) -> str:
    value = f" = {call['value'][:60]!r}" if "value" in call else ""
    return f"{call['call']} {call.get('element', call.get('argument'))}{value}"


def same(call: Json, got: str) -> bool:
    """Whether an answer means what is expected: sets, numbers and times by value."""
    expected, element = call["returns"], call.get("element", "")
    expected = expected.replace("{learner_id}", LEARNER.identifier)
    expected = expected.replace("{learner_name}", LEARNER.name)
    if call["call"] == "SetValue" and expected not in ("true", "false"):
        expected = "true" if call["error"] == "0" else "false"
    if got == expected:
        return True
    if expected in _WORDS:
        return _WORDS[expected](got)
    if "as" in call:
        pattern = TABLE.by_name["cmi.interactions.n.correct_responses.n.pattern"]
        kind = pattern.by_type[call["as"]].types[0]
        return TABLE.values.equal(kind, expected, got)
    if element.endswith("._children"):
        return set(got.split(",")) == set(expected.split(","))
    if element == "cmi.total_time":
        return seconds(got) == seconds(expected)
    if element.endswith("&.id"):
        return expected == ""
    try:
        return Decimal(got) == Decimal(expected)
    except InvalidOperation:
        return False
