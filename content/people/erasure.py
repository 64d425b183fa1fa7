"""Erases a person from the content package's documents: enrollments, progress, audiences, all.

Everything can be done again; what is gone already is not counted.
"""

from collections.abc import Sequence
from typing import Final

from content.certificates import certificates
from content.compliance.evidence_packages import package
from content.enrollment.enrollments import Enrollment
from content.errors import RuleBroken
from content.findings import Finding
from content.identity import now
from content.people import handiwork, people, supervisors
from content.people.people import Person
from content.store import COLLECTIONS, COMPLIANCE_MARKS, Store

OWN: Final = {
    "compliance_decision": "person_id",
    "compliance_proof": "person_id",
    "compliance_record": "person_id",
    "compliance_view": "person_id",
    "progress": "person_id",
    "enrollment": "person_id",
    "enrollment_request": "person_id",
    "cohort_member": "person_id",
    "path_enrollment": "person_id",
    "event": "data.user_id",
    "job": "asked_by",
    "mentor_application": "person_id",
    "notification": "person_id",
    "notification_preferences": "person_id",
    "quiz_attempt": "person_id",
    "note": "person_id",
    "bookmark": "person_id",
    "variable_value": "person_id",
    "report": "owner_id",
    "report_alert": "owner_id",
    "report_schedule": "owner_id",
    "webhook_delivery": "about",
}
"""What is deleted with a person: kinds of documents, and the field that names the person."""


def check_not_oneself(person_id: str, asked_by: str) -> None:
    """Nobody erases themselves. Raises RuleBroken."""
    if person_id == asked_by:
        raise RuleBroken([Finding(where="person_id", detail="must be somebody else's")])


async def close(store: Store, organization_id: str, person_id: str) -> None:
    """Let nothing new begin for a person who is about to be erased."""
    await store.of(Person).collection.update_one(
        {"organization_id": organization_id, "_id": person_id},
        {"$set": {"status": "inactive", "updated_at": now()}, "$inc": {"version": 1}},
    )


async def registrations(store: Store, organization_id: str, person_id: str) -> list[str]:
    """The registrations of all the person's enrollments, cancelled ones included."""
    found = store.of(Enrollment).each(organization_id, {"person_id": person_id})
    return [registration async for each in found for registration in each.registrations]


async def unclaimed(
    store: Store, organization_id: str, agents: Sequence[str], person_id: str
) -> list[str]:
    """Those of the person's agent keys that do not mean somebody else by now."""
    claimed = await people.by_agents(store, organization_id, set(agents))
    others = {agent for agent, person in claimed.items() if person.id != person_id}
    return [each for each in agents if each not in others]


async def erase_training(store: Store, organization_id: str, person_id: str) -> dict[str, int]:
    """Delete what is the person's own, take the person out of audiences; return the counts."""
    database = store.database
    counts = await handiwork.erase(store, organization_id, person_id)
    for kind, person in OWN.items():
        collection = database[COLLECTIONS[kind]]
        gone = await collection.delete_many({"organization_id": organization_id, person: person_id})
        counts[COLLECTIONS[kind]] = gone.deleted_count
    audiences = await _leave_audiences(store, organization_id, person_id)
    await database[COLLECTIONS["enrollment_request"]].update_many(
        {"organization_id": organization_id, "decided_by": person_id},
        {"$set": {"decided_by": None}},
    )
    await supervisors.clear(store, organization_id, person_id)
    counts["evidence_packages"] = await package.erase(store, organization_id, person_id)
    counts["certificates"] = await certificates.forget(store, organization_id, person_id)
    return {**counts, "audiences": audiences}


async def _leave_audiences(store: Store, organization_id: str, person_id: str) -> int:
    """Take the person out of all audiences that name them, past editions' included."""
    places = [
        f"{audience}{rule}.person_ids"
        for audience in ("audience", "editions.$[].audience")
        for rule in ("", ".of.$[]", ".excluding.$[]")
    ]
    named = {"$or": [{each.replace(".$[]", ""): person_id} for each in places]}
    changed = await store.database[COLLECTIONS["requirement"]].update_many(
        {"organization_id": organization_id, **named},
        {"$pull": dict.fromkeys(places, person_id), "$inc": {"version": 1}},
    )
    marks = {"organization_id": organization_id, "person_id": person_id}
    await store.database[COMPLIANCE_MARKS].delete_many(marks)
    return changed.modified_count


async def erase_person(store: Store, organization_id: str, person_id: str) -> None:
    """Delete the person; the last step, since the agents that name them are kept there."""
    people = store.database[COLLECTIONS["user"]]
    await people.delete_one({"organization_id": organization_id, "_id": person_id})
