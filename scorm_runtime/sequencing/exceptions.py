"""Why a process of the specification could not go on.

SequencingException
└── carries one of the specification's exception codes (SN, appendix C)

EXPLANATIONS says each plainly.
"""

from typing import Final

EXPLANATIONS: Final[dict[str, str]] = {
    "NB.2.1-1": "The session has already begun.",
    "NB.2.1-2": "The session has not begun.",
    "NB.2.1-3": "No activity is suspended.",
    "NB.2.1-4": "The content does not flow onward from here.",
    "NB.2.1-5": "The content only goes forward here.",
    "NB.2.1-6": "The content does not flow back from here.",
    "NB.2.1-7": "Forward and backward are not supported.",
    "NB.2.1-8": "An activity that is in progress must be finished first.",
    "NB.2.1-9": "There is nothing to choose.",
    "NB.2.1-10": "This activity cannot be chosen.",
    "NB.2.1-11": "This activity does not exist here.",
    "NB.2.1-12": "The activity has already ended.",
    "NB.2.1-13": "This request is unknown.",
    "TB.2.3-1": "The session has not begun.",
    "TB.2.3-2": "The activity has already ended.",
    "TB.2.3-3": "There is nothing to suspend.",
    "TB.2.3-4": "The whole course cannot be left by exiting its parent.",
    "TB.2.3-5": "There is nothing to suspend.",
    "TB.2.3-6": "There is nothing to abandon.",
    "TB.2.3-7": "This request is unknown.",
    "SB.2.1-1": "This was the last activity.",
    "SB.2.1-2": "The activity has no children that are available.",
    "SB.2.1-3": "This was the first activity.",
    "SB.2.1-4": "The content only goes forward here.",
    "SB.2.2-1": "The content does not flow here.",
    "SB.2.2-2": "The next activity is not available.",
    "SB.2.4-1": "The content stops before this activity.",
    "SB.2.4-2": "The content only goes forward here.",
    "SB.2.4-3": "There is nothing before the course.",
    "SB.2.5-1": "The session has already begun.",
    "SB.2.6-1": "The session has already begun.",
    "SB.2.6-2": "No activity is suspended.",
    "SB.2.7-1": "The session has not begun.",
    "SB.2.7-2": "The content does not flow onward from here.",
    "SB.2.8-1": "The session has not begun.",
    "SB.2.8-2": "The content does not flow back from here.",
    "SB.2.9-1": "There is no activity to choose.",
    "SB.2.9-2": "This activity was not selected for you.",
    "SB.2.9-3": "This activity is hidden from choice.",
    "SB.2.9-4": "This activity cannot be chosen.",
    "SB.2.9-5": "There is no way to this activity.",
    "SB.2.9-6": "This activity cannot be started by choosing it.",
    "SB.2.9-7": "An activity that is in progress must be finished first.",
    "SB.2.9-8": "Only the activities next to this one can be chosen.",
    "SB.2.9-9": "Nothing in this part of the course can be started.",
    "SB.2.10-1": "The session has not begun.",
    "SB.2.10-2": "The activity is still in progress.",
    "SB.2.10-3": "Nothing in this part of the course can be started again.",
    "SB.2.11-1": "The session has not begun.",
    "SB.2.11-2": "The activity is still in progress.",
    "SB.2.12-1": "This request is unknown.",
    "SB.2.13-1": "The session has not begun.",
    "DB.1.1-1": "Only an activity with content can be started.",
    "DB.1.1-2": "There is no way to this activity.",
    "DB.1.1-3": "This activity is not available.",
    "DB.2-1": "The activity in progress has not ended.",
}


class SequencingException(Exception):
    """A process ended with an exception code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code}: {EXPLANATIONS[code]}")
        self.code = code
