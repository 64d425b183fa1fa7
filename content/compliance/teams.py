"""Teams: where the people stand whom somebody supervises, and what waits for their signature.

Whoever supervises may look, whatever their roles: the relation alone permits it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from content.compliance import records, requirements, signers
from content.compliance.decisions import ACHIEVING, APPROVED, SIGN_OFF, Decision
from content.compliance.gathering import proofs_of
from content.compliance.proofs import Proof
from content.compliance.records import Record
from content.compliance.requirements import Requirement
from content.compliance.signers import SUPERVISOR
from content.compliance.status import WAIVED
from content.documents import Page, Paging
from content.errors import NotFound
from content.people import people, supervisors
from content.people.people import Person, PersonFilter
from content.store import Store


class Member(Struct, frozen=True, kw_only=True):
    """Somebody of a team, their records, and the ids of the requirements under which something
    is completed and waits for a supervisor's signature.
    """

    person: Person
    records: tuple[Record, ...]
    awaiting: tuple[str, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many requirements the person has in each status."""
        return Counter(each.status for each in self.records)


async def members(
    store: Store, organization_id: str, supervisor_id: str, paging: Paging
) -> Page[Member]:
    """The active people whose supervisor somebody is, a page of them. Raises RuleBroken."""
    filters = PersonFilter(supervisor_id=supervisor_id, status="active")
    found = await people.find(store, organization_id, filters, paging)
    return Page(
        items=tuple(await _standing(store, organization_id, found.items)),
        total=found.total,
        page=found.page,
        per_page=found.per_page,
    )


async def member(store: Store, organization_id: str, supervisor_id: str, person_id: str) -> Member:
    """Somebody below a supervisor, over any number of steps. Raises NotFound for anybody else."""
    if supervisor_id not in await supervisors.above(store, organization_id, person_id):
        raise NotFound(Person.kind, person_id)
    person = await people.get(store, organization_id, person_id)
    return (await _standing(store, organization_id, [person]))[0]


def awaits(requirement: Requirement, proofs: Sequence[Proof], decided: Sequence[Decision]) -> bool:
    """Whether something that one person has completed waits for a supervisor's signature; of
    their proofs that hold and their decisions that are approved. Pure.
    """
    asked = requirement.terms
    known = [each.known_at for each in proofs if each.completed and each.target in asked.targets]
    own = [each for each in decided if each.requirement_id == requirement.id]
    known += [each.decided_at for each in own if each.act in ACHIEVING and each.decided_at]
    return asked.sign_off == SUPERVISOR and signers.awaited(known, own, SUPERVISOR)


async def _standing(store: Store, organization_id: str, team: Sequence[Person]) -> list[Member]:
    ids = [each.id for each in team]
    asked = await requirements.in_force(store, organization_id)
    found = await records.of_people(store, organization_id, ids)
    to_sign = [each for each in asked if each.terms.sign_off == SUPERVISOR]
    proofs: Mapping[str, list[Proof]] = {}
    decided: list[Decision] = []
    if to_sign:
        proofs = await proofs_of(store, organization_id, ids)
        decided = await _decided(store, organization_id, ids, to_sign)
    return [_member(each, found.get(each.id, []), to_sign, proofs, decided) for each in team]


async def _decided(
    store: Store, organization_id: str, person_ids: Sequence[str], asked: Sequence[Requirement]
) -> list[Decision]:
    query = {
        "person_id": {"$in": list(person_ids)},
        "requirement_id": {"$in": [each.id for each in asked]},
        "act": {"$in": [*ACHIEVING, SIGN_OFF]},
        "state": APPROVED,
    }
    return await store.of(Decision).all(organization_id, query, [("decided_at", 1)])


def _member(
    person: Person,
    owed: Sequence[Record],
    to_sign: Sequence[Requirement],
    proofs: Mapping[str, list[Proof]],
    decided: Sequence[Decision],
) -> Member:
    theirs = {each.requirement_id for each in owed if each.status != WAIVED}
    holding = [each for each in proofs.get(person.id, ()) if each.withdrawn_at is None]
    own = [each for each in decided if each.person_id == person.id]
    awaiting = [e.id for e in to_sign if e.id in theirs and awaits(e, holding, own)]
    return Member(person=person, records=tuple(owed), awaiting=tuple(awaiting))
