"""The bank's questions in and out of files."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct

from content import category_tree
from content.quizzes import authoring
from content.quizzes.bank import categories
from content.quizzes.bank import questions as bank
from content.quizzes.bank.categories import QuestionCategory
from content.quizzes.bank.questions import BankFilter, BankQuestion, Entry
from content.quizzes.exchange import gift_reader, gift_writer, moodle_reader, moodle_writer
from content.quizzes.exchange.found import Found, Reading, Remark
from content.quizzes.exchange.gift_writer import Filed
from content.store import Store

Format = Literal["gift", "moodle_xml"]


class Report(Struct, frozen=True, kw_only=True):
    """What came of a file: the questions' ids, and everything that was not kept, by line."""

    question_ids: tuple[str, ...]
    remarks: tuple[Remark, ...]


async def bring_in(
    store: Store,
    organization_id: str,
    kind: Format,
    document: bytes,
    category_id: str | None = None,
) -> Report:
    """Put a file's questions into the bank, its categories below the given one.

    What is sound is taken; of all else the report says why not. Raises NotFound.
    """
    if category_id is not None:
        await categories.get(store, organization_id, category_id)
    reading = _READERS[kind](document)
    sound = [each for each in reading.found if _is_sound(each, reading)]
    places = {
        path: await categories.at_path(store, organization_id, path, category_id)
        for path in dict.fromkeys(each.category for each in sound)
    }
    entries = [
        Entry(draft=each.draft, name=each.name, category_id=places[each.category]) for each in sound
    ]
    made = await bank.add(store, organization_id, entries)
    remarks = sorted(reading.remarks, key=lambda remark: remark.line)
    return Report(question_ids=tuple(each.id for each in made), remarks=tuple(remarks))


async def take_out(store: Store, organization_id: str, kind: Format, filters: BankFilter) -> bytes:
    """A file of the questions that match."""
    known = await categories.everything(store, organization_id)
    found = await bank.everything(store, organization_id, filters)
    filed = [(each.name, _names(known, each), each.question) for each in found]
    return _WRITERS[kind](sorted(filed, key=lambda each: each[1]))


def _names(known: Sequence[QuestionCategory], question: BankQuestion) -> tuple[str, ...]:
    """The names of the categories that lead to a question."""
    return tuple(each.name for each in category_tree.path(known, question.category_id))


def _is_sound(found: Found, reading: Reading) -> bool:
    """Whether a draft makes a question; if not, the reading says why."""
    made = authoring.make(found.draft, "question")
    for each in made.findings:
        where = each.where.removeprefix("question/")
        reading.error(found.line, f"{where} {each.detail}", found.name)
    return made.question is not None


def _gift(document: bytes) -> Reading:
    try:
        return gift_reader.read(document.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        reading = Reading([], [])
        line = document.count(b"\n", 0, error.start) + 1
        reading.error(line, "the file is not UTF-8")
        return reading


def _as_gift(filed: list[Filed]) -> bytes:
    return gift_writer.write(filed).encode()


_READERS: Final[Mapping[Format, Callable[[bytes], Reading]]] = {
    "gift": _gift,
    "moodle_xml": moodle_reader.read,
}
_WRITERS: Final[Mapping[Format, Callable[[list[Filed]], bytes]]] = {
    "gift": _as_gift,
    "moodle_xml": moodle_writer.write,
}
