"""What the compliance benchmark reads: people, requirements, proofs, and the entries by the rules.

Two years of history: yearly duties in twenty courses, most of them kept, some late, some let
expire; some people move between departments, some leave.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import structs
from pymongo import AsyncMongoClient

from content import organizations
from content.compliance import entries, tallies
from content.compliance.achievements import Found
from content.compliance.audiences import Audience
from content.compliance.proofs import Proof, merged
from content.compliance.requirements import Edition, Requirement
from content.compliance.terms import Due, Recurrence, Target, Terms
from content.courses import courses
from content.courses.courses import CourseDraft
from content.documents import encode
from content.identity import new_id, now
from content.people import people
from content.people.people import Person, PersonDraft
from content.store import Store
from content.words import words

DAYS: Final = 730
DEPARTMENTS: Final = 40
BATCH: Final = 500
FIRST: Final = ("Ann", "Bo", "Cy", "Di", "Eli", "Fay", "Gus", "Hana", "Ida", "Jun", "Kim", "Lev")
LAST: Final = ("Lee", "Okoye", "Silva", "Novak", "Khan", "Meyer", "Rossi", "Sato", "Vargas", "Wong")


async def fill(uri: str, database: str, size: int, asked: int) -> str:
    """Write the register of so many people under so many requirements; the organization's id."""
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        store = Store(client[database])
        (organization,) = await organizations.every(store)
        began = now() - timedelta(days=DAYS)
        requirements = [await _requirement(store, organization.id, n, began) for n in range(asked)]
        everybody = _people(await _model(store, organization.id), size, began)
        chance = random.Random(8)  # noqa: S311
        while batch := [each for each, _ in zip(everybody, range(BATCH), strict=False)]:
            await _write(store, requirements, batch, chance)
        for each in requirements:
            await tallies.finish(store, each, now().date())
            await tallies.count(store, each, now())
        return organization.id


async def _model(store: Store, organization_id: str) -> Person:
    draft = PersonDraft(name="Ann Lee", email="ann@example.org")
    return await people.create(store, organization_id, draft)


def _people(model: Person, size: int, began: datetime) -> Iterator[Person]:
    chance = random.Random(7)  # noqa: S311
    for number in range(size):
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)} {number:06}"
        email = f"p{number}@example.org"
        yield structs.replace(
            model,
            id=new_id("user"),
            name=name,
            email=email,
            agents=(f"mbox:mailto:{email}",),
            words=tuple(words((name, email))),
            department=f"Department {chance.randrange(DEPARTMENTS):02}",
            created_at=began,
            updated_at=began,
        )


async def _requirement(
    store: Store, organization_id: str, number: int, began: datetime
) -> Requirement:
    draft = CourseDraft(title=f"Course {number}", status="published")
    course = await courses.create(store, organization_id, draft)
    terms = Terms(
        targets=(Target(kind="course", id=course.id),),
        due=Due(days=30 + 10 * number),
        recurrence=Recurrence(every=1, unit="years", window_days=60),
        grace_days=7,
        due_soon_days=30,
    )
    title = f"Duty {number}"
    edition = Edition(number=1, in_force_from=began, title=title, terms=terms, audience=Audience())
    requirement = Requirement(
        id=new_id("requirement"),
        organization_id=organization_id,
        created_at=began,
        updated_at=began,
        title=title,
        terms=terms,
        audience=Audience(),
        editions=(edition,),
    )
    return await store.of(Requirement).insert(requirement)


async def _write(
    store: Store, asked: list[Requirement], batch: list[Person], chance: random.Random
) -> None:
    moment = now()
    proofs: list[Proof] = []
    made: list[entries.Entry] = []
    for person in batch:
        own = [proof for each in asked for proof in _proofs(person, each, chance, moment)]
        proofs += own
        for each in asked:
            entry = entries.renewed(each, person, None, own, (), moment)
            if entry is not None:
                made.append(entry)
    await store.of(Person).collection.insert_many(map(encode, batch), ordered=False)
    await store.of(Proof).collection.insert_many(map(encode, proofs), ordered=False)
    await store.of(entries.Entry).collection.insert_many(map(encode, made), ordered=False)


def _proofs(
    person: Person, requirement: Requirement, chance: random.Random, moment: datetime
) -> list[Proof]:
    began, target = requirement.created_at, requirement.terms.targets[0]
    day = chance.randrange(10, 300)
    found = []
    while day < DAYS and chance.random() < 0.9:
        at = began + timedelta(days=day, seconds=chance.randrange(86_400))
        statement = f"{chance.getrandbits(128):032x}"
        found.append(
            Found(
                target=target,
                completed=True,
                at=at,
                known_at=at,
                score=90.0,
                statement_ids=(statement,),
                told_by=statement,
            )
        )
        day += chance.randrange(300, 400)
    return merged((person.organization_id, person.id), (), found, (), {}, moment)
