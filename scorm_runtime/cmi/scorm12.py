"""The SCORM 1.2 API instance (RTE 1.2, section 3.3) over a data model.

In the browser `player/scorm12.js` is what a SCO finds as `window.API`; this is its twin, used to
prove that the two agree and to replay what a SCO did.
"""

from collections.abc import Mapping
from typing import Literal

from scorm_runtime.cmi.model import DataModel
from scorm_runtime.cmi.table import SCORM12, Condition


class Api:
    """One SCO's session with the LMS: not initialised, running, finished."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """Start before LMSInitialize, with the values that the LMS has for the SCO."""
        self.model = DataModel(SCORM12, values)
        self.state: Literal["new", "running", "finished"] = "new"
        self.last_error = "0"

    def initialize(self, argument: str) -> str:
        """LMSInitialize: "true" once, with an empty argument."""
        if argument != "":
            return self._answer("argument")
        if self.state != "new":
            return self._answer("general")
        self.state = "running"
        return self._answer("none")

    def finish(self, argument: str) -> str:
        """LMSFinish: ends the session."""
        refusal = self._refuses(argument)
        if refusal == "none":
            self.state = "finished"
        return self._answer(refusal)

    def commit(self, argument: str) -> str:
        """LMSCommit: what was set so far is to be kept."""
        return self._answer(self._refuses(argument))

    def get_value(self, element: str) -> str:
        """LMSGetValue: the value, or "" with an error code."""
        if self.state != "running":
            self._answer("not_initialized")
            return ""
        value, condition = self.model.get(element)
        self._answer(condition)
        return value

    def set_value(self, element: str, value: str) -> str:
        """LMSSetValue: "true", or "false" with an error code."""
        if self.state != "running":
            return self._answer("not_initialized")
        return self._answer(self.model.set(element, value))

    def error_string(self, code: str) -> str:
        """LMSGetErrorString: what the code means, "" for one that SCORM 1.2 does not have."""
        return SCORM12.messages.get(code, "")

    def _refuses(self, argument: str) -> Condition:
        if argument != "":
            return "argument"
        return "none" if self.state == "running" else "not_initialized"

    def _answer(self, condition: Condition) -> str:
        self.last_error = SCORM12.conditions[condition]
        return "true" if condition == "none" else "false"
