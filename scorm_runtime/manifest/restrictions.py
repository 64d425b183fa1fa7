"""What an item tells its SCO and the player: values with a form of their own (CAM, item)."""

import re
from decimal import Decimal, InvalidOperation

from scorm_runtime.manifest.elements import Element, at, attribute, child, text
from scorm_runtime.manifest.findings import Report

_TIMESPAN = re.compile(r"\d{2,4}:\d{2}:\d{2}(\.\d{1,2})?")
_TIME_LIMIT_ACTIONS = ("exit,message", "exit,no message", "continue,message", "continue,no message")
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class Restrictions:
    """Reads the values of an item; a wrong one is noted and left out."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def visible(self, item: Element) -> bool:
        """isvisible: whether the table of contents shows the item."""
        written = attribute(item, "isvisible")
        if written is None:
            return True
        visible = _BOOLEANS.get(written.lower())
        if visible is None:
            self._ignored(item, "isvisible", written, "true or false")
        return visible is not False

    def mastery_score(self, item: Element) -> str | None:
        """SCORM 1.2, masteryscore: 0 to 100."""
        written = text(item, "masteryscore")
        if written is None or _percent(written):
            return written
        self._ignored(item, "masteryscore", written, "a number from 0 to 100")
        return None

    def max_time_allowed(self, item: Element) -> str | None:
        """SCORM 1.2, maxtimeallowed: a CMITimespan."""
        written = text(item, "maxtimeallowed")
        if written is None or _TIMESPAN.fullmatch(written):
            return written
        self._ignored(item, "maxtimeallowed", written, "a time such as 0001:30:00")
        return None

    def time_limit_action(self, item: Element) -> str | None:
        """What happens when the time is over, in the spelling of the specification."""
        written = text(item, "timeLimitAction")
        if written is None:
            return None
        proper = re.sub(r"\s*,\s*", ",", written.lower())
        if proper in _TIME_LIMIT_ACTIONS:
            return proper
        expected = "one of " + "; ".join(_TIME_LIMIT_ACTIONS)
        self._ignored(item, "timeLimitAction", written, expected)
        return None

    def _ignored(self, item: Element, name: str, value: str, expected: str) -> None:
        element = child(item, name)
        element = item if element is None else element
        self._report.add("value_ignored", at(element), name=name, value=value, expected=expected)


def data_from_lms(item: Element) -> str | None:
    """What the SCO finds in cmi.launch_data, white space and all."""
    element = child(item, "dataFromLMS")
    return None if element is None else "".join(str(part) for part in element.itertext()) or None


def _percent(written: str) -> bool:
    try:
        number = Decimal(written)
    except InvalidOperation:
        return False
    return number.is_finite() and 0 <= number <= 100
