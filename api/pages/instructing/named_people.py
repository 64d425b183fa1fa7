"""Whom a form names: by addresses, in a file, or as everybody of a department, group or cohort."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from api.pages.desk import Desk
from api.pages.forms import Form, structured
from api.pages.instructing.address_lists import Line, in_file, pasted
from content.enrollment import cohorts
from content.findings import Finding
from content.people import groupings, people
from content.people.groupings import Grouping
from content.people.people import normal_email
from content.people.person_filters import PersonFilter

MOST = 100_000
MOST_TOLD = 1000
"""So many of those whom it cannot be done for are told."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Whom it was not done for: the line that named them, if one did, who, and why it was not."""

    line: Line | None
    who: str
    why: str

    @property
    def place(self) -> tuple[bool, int]:
        """Lines of the text come first, then those of the file."""
        return (self.line.of_file, self.line.number) if self.line else (True, 0)


@dataclass(frozen=True, slots=True)
class Named:
    """Who was named, each once, with the line that named them, None for a whole group's."""

    form: Form
    people: Mapping[str, Line | None]
    refused: Sequence[Refusal] = ()


async def named(desk: Desk) -> Named:
    """The people whom a form's `addresses`, `file` and `everybody` name.

    What is wrong with one of the three, or that all are empty, is a finding of the form.
    """
    sent = await desk.request.post()
    texts = ((name, text) for name, text in sent.items() if isinstance(text, str))
    form = Form(structured(texts), zone=desk.zone)
    lines, file = pasted(form.value("addresses")), sent.get("file")
    if isinstance(file, web.FileField):
        try:
            lines += in_file(file.file.read())
        except ValueError as error:
            return Named(form.wrong([Finding(where="file", detail=str(error))]), {})
    group = await _everybody(desk, form.value("everybody"))
    if not lines and not group:
        return Named(form.wrong([_nobody(form.value("everybody"))]), {})
    if len(lines) + len(group) > MOST:
        finding = Finding(where="addresses", detail=f"must be {MOST:,} people at most")
        return Named(form.wrong([finding]), {})
    return await _found(desk, form, lines, group)


async def choices(desk: Desk) -> list[tuple[str, list[tuple[str, str]]]]:
    """The groups that can be named as a whole: by kind, (value, words)."""
    occurring = await groupings.occurring(desk.store, desk.organization_id)
    found = await cohorts.every(desk.store, desk.organization_id)
    sizes = await cohorts.sizes(desk.store, desk.organization_id, [each.id for each in found])
    kinds = [
        ("Cohorts", [(f"cohort/{each.id}", each.name, sizes.get(each.id, 0)) for each in found]),
        ("Departments", _values("department", occurring.departments)),
        ("Groups", _values("group", occurring.groups)),
        ("Locations", _values("location", occurring.locations)),
    ]
    return [
        (kind, [(value, f"{name} ({size:,})") for value, name, size in values])
        for kind, values in kinds
        if values
    ]


async def refusals(desk: Desk, found: Named, outcomes: Sequence[tuple[str, str]]) -> list[Refusal]:
    """Those of `outcomes`, (person id, why not), and who is not known, in the order of lines."""
    named = await people.names(desk.store, desk.organization_id, [each for each, _ in outcomes])

    def told(person_id: str, why: str) -> Refusal:
        line = found.people.get(person_id)
        name = named.get(person_id, "Somebody who is gone")
        return Refusal(line, line.address if line else name, why)

    everybody = [*found.refused, *(told(*each) for each in outcomes)]
    return sorted(everybody, key=lambda each: each.place)


def _values(kind: str, found: Sequence[Grouping]) -> list[tuple[str, str, int]]:
    return [(f"{kind}/{each.name}", each.name, each.people) for each in found]


def _nobody(chosen: str) -> Finding:
    if chosen:
        return Finding(where="everybody", detail="has nobody in it")
    return Finding(where="addresses", detail="must name somebody: here, in a file or as a group")


async def _everybody(desk: Desk, chosen: str) -> Sequence[str]:
    """The ids of everybody of `kind/name`; a cohort's, else the active people's of a group."""
    kind, _, name = chosen.partition("/")
    if kind == "cohort":
        return await cohorts.everybody(desk.store, desk.organization_id, name)
    if kind not in ("department", "group", "location"):
        return ()
    fields: dict[str, Any] = {kind: name, "status": "active"}
    return await people.ids(desk.store, desk.organization_id, PersonFilter(**fields))


async def _found(desk: Desk, form: Form, lines: list[Line], group: Sequence[str]) -> Named:
    addresses = [each.address for each in lines]
    known = await people.ids_by_email(desk.store, desk.organization_id, addresses)
    by_person: dict[str, Line | None] = {}
    refused = []
    for line in lines:
        person_id = known.get(normal_email(line.address))
        if person_id is None:
            refused.append(Refusal(line, line.address or "Nothing", _why(line.address)))
        else:
            by_person.setdefault(person_id, line)
    return Named(form, {**dict.fromkeys(group), **by_person}, refused)


def _why(address: str) -> str:
    return "belongs to nobody here" if "@" in address else "is no e-mail address"
