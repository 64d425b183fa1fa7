"""What the compliance benchmark reads: people, requirements, proofs, and the entries by the rules.

Two years of history: yearly duties in twenty courses, most of them kept, some late, some let
expire. Entries are made by the rules of the product; people and proofs are written as they would
be found, without the four million statements behind them.
"""

import asyncio
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from itertools import islice
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
from content.progress.follower import CHANGE_STREAM, LEASE_ID, LOG_STREAM, place_now
from content.store import COMPLIANCE_MARKS, RESUME_TOKENS, Store
from content.words import words

DAYS: Final = 730
DEPARTMENTS: Final = 40
BATCH: Final = 500
FIRST: Final = ("Ann", "Bo", "Cy", "Di", "Eli", "Fay", "Gus", "Hana", "Ida", "Jun", "Kim", "Lev")
LAST: Final = ("Lee", "Okoye", "Silva", "Novak", "Khan", "Meyer", "Rossi", "Sato", "Vargas", "Wong")


def fill(uri: str, database: str, size: int, asked: int, processes: int) -> None:
    """Write the register of so many people under so many requirements."""
    model, requirements = asyncio.run(_asked(uri, database, asked))
    share = -(-size // processes)
    parts = [
        (uri, database, model, requirements, first, min(share, size - first))
        for first in range(0, size, share)
    ]
    with ProcessPoolExecutor(processes) as pool:
        list(pool.map(_fill, parts))
    asyncio.run(_counted(uri, database, requirements))


def _fill(part: tuple[str, str, Person, list[Requirement], int, int]) -> None:
    asyncio.run(_written(*part))


async def _asked(uri: str, database: str, asked: int) -> tuple[Person, list[Requirement]]:
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        store = Store(client[database])
        (organization,) = await organizations.every(store)
        began = now() - timedelta(days=DAYS)
        made = [await _requirement(store, organization.id, n, began) for n in range(asked)]
        return await _model(store, organization.id), made


async def _written(
    uri: str, database: str, model: Person, asked: list[Requirement], first: int, size: int
) -> None:
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        store = Store(client[database])
        everybody = _people(model, first, size, asked[0].created_at)
        chance = random.Random(first)  # noqa: S311
        for _ in range(0, size, BATCH):
            await _write(store, asked, list(islice(everybody, BATCH)), chance)


async def _counted(uri: str, database: str, asked: list[Requirement]) -> None:
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        store = Store(client[database])
        for each in asked:
            await tallies.finish(store, each, now().date())
            await tallies.count(store, each, now())
        await _followed(store)


async def _followed(store: Store) -> None:
    """Nothing of this is left for the follower to do."""
    present = dict(await place_now(store))
    tokens = {LOG_STREAM: present, CHANGE_STREAM: present}
    places = store.database[RESUME_TOKENS]
    await places.update_one({"_id": LEASE_ID}, {"$set": {"tokens": tokens}}, upsert=True)
    await store.database[COMPLIANCE_MARKS].delete_many({})


async def _model(store: Store, organization_id: str) -> Person:
    draft = PersonDraft(name="Ann Lee", email="ann@example.org")
    return await people.create(store, organization_id, draft)


def _people(model: Person, first: int, size: int, began: datetime) -> Iterator[Person]:
    chance = random.Random(first)  # noqa: S311
    for number in range(first, first + size):
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
    own = {
        person.id: [proof for each in asked for proof in _proofs(person, each, chance, moment)]
        for person in batch
    }
    proofs = [proof for several in own.values() for proof in several]
    made: list[entries.Entry] = []
    # One requirement after the other, as the registrar makes them.
    for each in asked:
        for person in batch:
            entry = entries.renewed(each, person, None, own[person.id], (), moment)
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
