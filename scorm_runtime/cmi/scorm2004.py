"""The SCORM 2004 API instance (RTE 4, section 3.1) over a data model.

In the browser its twin is what a SCO finds as `window.API_1484_11`.
"""

from typing import Literal

from scorm_runtime.cmi.scorm2004_model import DataModel


class Api:
    """One SCO's session with the LMS: not initialized, running, terminated."""

    def __init__(self, model: DataModel) -> None:
        self.model = model
        self.state: Literal["not initialized", "running", "terminated"] = "not initialized"
        self.last_error = "0"

    def initialize(self, argument: str) -> str:
        """Initialize: "true" once, with an empty argument."""
        if argument != "":
            return self._answer("201")
        if self.state != "not initialized":
            return self._answer("103" if self.state == "running" else "104")
        self.state = "running"
        return self._answer("0")

    def terminate(self, argument: str) -> str:
        """Terminate: ends the session."""
        fault = self._refuses(argument, "112", "113")
        if fault == "0":
            self.state = "terminated"
        return self._answer(fault)

    def commit(self, argument: str) -> str:
        """Commit: what was set so far is to be kept."""
        return self._answer(self._refuses(argument, "142", "143"))

    def get_value(self, element: str) -> str:
        """GetValue: the value, or "" with an error code."""
        fault = self._refuses("", "122", "123")
        value = ""
        if fault == "0":
            value, fault = self.model.get(element)
        self._answer(fault)
        return value

    def set_value(self, element: str, value: str) -> str:
        """SetValue: "true", or "false" with an error code."""
        fault = self._refuses("", "132", "133")
        return self._answer(self.model.set(element, value) if fault == "0" else fault)

    def get_last_error(self) -> str:
        """GetLastError: the code of the last call that can fail."""
        return self.last_error

    def get_error_string(self, code: str) -> str:
        """GetErrorString: what a code means, "" for one that there is not."""
        return self.model.table.messages.get(code, "")

    def get_diagnostic(self, code: str) -> str:
        """GetDiagnostic: what a code means; without one, what the last error means."""
        return self.get_error_string(code or self.last_error)

    def _refuses(self, argument: str, before: str, after: str) -> str:
        if self.state != "running":
            return before if self.state == "not initialized" else after
        return "0" if argument == "" else "201"

    def _answer(self, code: str) -> str:
        self.last_error = code
        return "true" if code == "0" else "false"
