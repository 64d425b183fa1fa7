"""A compliance office: a class, its log, and a registrar who is told of all that happens."""

from typing import Any

from class_room import ClassRoom
from recorded_log import RecordedLog

from content.compliance import records, requirements
from content.compliance.audiences import Audience
from content.compliance.concerns import Concerns
from content.compliance.marks import Marks
from content.compliance.records import Record, RecordFilter
from content.compliance.registrar import Registrar
from content.compliance.requirements import Requirement, RequirementDraft
from content.compliance.terms import Target
from content.documents import Paging
from content.people import people
from content.people.people import Person, PersonDraft
from content.progress.progress import Progress
from content.store import Store
from lrs.statement import StoredStatement


class Office:
    def __init__(self, store: Store, log: RecordedLog, room: ClassRoom) -> None:
        self.store, self.log, self.room = store, log, room
        self.marks = Marks(store)
        self.concerns = Concerns(store, self.marks)
        self.progress = Progress(store, log, self.concerns.progressed)
        self.registrar = Registrar(store, log)
        self.own = room.organization.id
        log.subscribe(self.progress.observe)
        log.subscribe(self.concerns.observe)

    @property
    def course(self) -> Target:
        return Target(kind="course", id=self.room.course.id)

    async def require(self, *targets: Target, **draft: Any) -> Requirement:
        fields = {"title": "Hygiene, yearly", "targets": targets or (self.course,), **draft}
        made = await requirements.create(self.store, self.own, RequirementDraft(**fields))
        await self.settle(made)
        return made

    async def join(self, name: str, **said: Any) -> Person:
        own = {"email": f"{name}@x.example".replace(" ", "").lower(), **said}
        return await people.create(self.store, self.own, PersonDraft(name=name, **own))

    async def settle(self, *changed: Requirement | Person) -> None:
        """Let the registrar hear of changes, and of what was marked."""
        for each in changed:
            if isinstance(each, Person):
                await self.marks.mark_people(self.own, [each.id])
            else:
                await self.marks.mark_requirement(self.own, each.id)
        await self.registrar.settle()

    async def says(self, *statements: StoredStatement) -> None:
        await self.log.take(*statements)
        await self.registrar.settle()

    async def record(self, requirement: Requirement, person: Person | None = None) -> Record:
        person_id = (person or self.room.person).id
        return await records.of_person(self.store, requirement, person_id)

    async def names(self, requirement: Requirement, **asked: Any) -> list[str]:
        as_of = asked.pop("as_of", None)
        paging = Paging(page=asked.pop("page", 1), per_page=asked.pop("per_page", 20))
        found = await records.find(self.store, requirement, RecordFilter(**asked), paging, as_of)
        return [each.name for each in found.items]

    async def statuses(self, requirement: Requirement, person: Person | None = None) -> list[str]:
        person_id = (person or self.room.person).id
        spans = await records.history(self.store, requirement, person_id)
        return [each.status for each in spans]


EVERYONE = Audience()
