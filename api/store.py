"""What the composition root keeps in MongoDB: sign-ins, sessions, failures, and its own facts."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from pymongo import ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from lrs.group_read import GroupRead

Fields = dict[str, Any]
Database = AsyncDatabase[Fields]

_INSTALLATION = "installation"
_DEMO = "demo"


def now() -> datetime:
    """The present in UTC, in the milliseconds that BSON keeps."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


async def prepare(database: Database) -> None:
    """Make the indexes; harmless when they are there."""
    await database.sign_ins.create_index([("organization_id", 1), ("person_id", 1)], unique=True)
    await database.sessions.create_index([("organization_id", 1), ("person_id", 1)])
    await database.sessions.create_index("expires_at", expireAfterSeconds=0)
    await database.sign_in_failures.create_index("expires_at", expireAfterSeconds=0)


class Store:
    """The collections `sign_ins`, `sessions`, `sign_in_failures` and `settings`, and the person's
    links in `password_resets`."""

    def __init__(self, database: Database) -> None:
        self._sign_ins = database.sign_ins
        self._sessions = database.sessions
        self._resets = database.password_resets
        self._failures = database.sign_in_failures
        self._settings = database.settings
        self._open_sessions = GroupRead(self._sessions_by_ids)

    async def installation(self) -> Fields | None:
        """The facts of the first start: keys and ids; None before it."""
        return await self._settings.find_one({"_id": _INSTALLATION})

    async def lease_installation(self, seconds: int) -> bool:
        """Take on the first start for some seconds; say whether nobody else has or did it."""
        until = now() + timedelta(seconds=seconds)
        free = {"_id": _INSTALLATION, "completed_at": None, "leased_until": {"$lt": now()}}
        try:
            await self._settings.update_one(free, {"$set": {"leased_until": until}}, upsert=True)
        except DuplicateKeyError:
            return False
        return True

    async def complete_installation(self, facts: Fields) -> Fields:
        """Keep the facts of the first start, which is done herewith."""
        kept = await self._settings.find_one_and_update(
            {"_id": _INSTALLATION},
            {"$set": {**facts, "completed_at": now()}, "$unset": {"leased_until": 1}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return cast(Fields, kept)

    async def demo_loaded(self) -> bool:
        """Whether the demo is in the database."""
        return await self._settings.find_one({"_id": _DEMO}) is not None

    async def mark_demo_loaded(self) -> None:
        """Note that the demo is in the database."""
        await self._settings.replace_one({"_id": _DEMO}, {"loaded_at": now()}, upsert=True)

    async def password_hash(self, organization_id: str, person_id: str) -> str | None:
        """The person's argon2id hash; None where no password was set."""
        found = await self._sign_ins.find_one(
            {"organization_id": organization_id, "person_id": person_id}
        )
        return found["password_hash"] if found else None

    async def set_password_hash(self, organization_id: str, person_id: str, hashed: str) -> None:
        """Set or replace the person's password hash."""
        await self._sign_ins.update_one(
            {"organization_id": organization_id, "person_id": person_id},
            {"$set": {"password_hash": hashed, "changed_at": now()}},
            upsert=True,
        )

    async def remove_sign_in(self, organization_id: str, person_id: str) -> None:
        """Forget the person's password, and the links that would set another."""
        mine = {"organization_id": organization_id, "person_id": person_id}
        await self._sign_ins.delete_one(mine)
        await self._resets.delete_many(mine)

    async def add_session(
        self,
        session_id: str,
        organization_id: str,
        person_id: str,
        refresh_hash: str,
        expires_at: datetime,
        whence: Mapping[str, str],
    ) -> None:
        """Begin a session; `whence` is the address and the user agent of who signs in."""
        await self._sessions.insert_one(
            {
                "_id": session_id,
                "organization_id": organization_id,
                "person_id": person_id,
                "refresh_hash": refresh_hash,
                "created_at": now(),
                "expires_at": expires_at,
                **whence,
            }
        )

    async def sessions_of(self, organization_id: str, person_id: str) -> list[Fields]:
        """A person's open sessions, the latest first."""
        mine = {"organization_id": organization_id, "person_id": person_id}
        found = self._sessions.find(
            {**mine, "expires_at": {"$gt": now()}}, sort=[("created_at", -1)]
        )
        return await found.to_list()

    async def session(self, organization_id: str, session_id: str) -> Fields | None:
        """The session, unless it ended or expired; reads that come together are one query."""
        return await self._open_sessions.get((organization_id, session_id))

    async def _sessions_by_ids(
        self, wanted: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], Fields]:
        organizations, ids = ({each[place] for each in wanted} for place in (0, 1))
        query = {"organization_id": {"$in": list(organizations)}, "_id": {"$in": list(ids)}}
        found = self._sessions.find(
            {**query, "expires_at": {"$gt": now()}}, batch_size=len(ids) + 1
        )
        return {(each["organization_id"], each["_id"]): each async for each in found}

    async def extend_session(
        self, organization_id: str, session_id: str, expires_at: datetime
    ) -> None:
        """Let a session last longer."""
        await self._sessions.update_one(
            {"organization_id": organization_id, "_id": session_id},
            {"$max": {"expires_at": expires_at}},
        )

    async def rotate_session(
        self, session_id: str, refresh_hash: str, new_hash: str, expires_at: datetime
    ) -> Fields | None:
        """Exchange a refresh token's hash, once; None when it is not the session's present one."""
        return await self._sessions.find_one_and_update(
            {"_id": session_id, "refresh_hash": refresh_hash, "expires_at": {"$gt": now()}},
            {"$set": {"refresh_hash": new_hash, "expires_at": expires_at}},
            return_document=ReturnDocument.AFTER,
        )

    async def end_session(self, organization_id: str, session_id: str) -> None:
        """End a session; its tokens are refused from now on."""
        await self._sessions.delete_one({"organization_id": organization_id, "_id": session_id})

    async def end_sessions_of(self, organization_id: str, person_id: str) -> None:
        """End every session of a person."""
        await self._sessions.delete_many(
            {"organization_id": organization_id, "person_id": person_id}
        )

    async def count_failure(self, key: str, expires_at: datetime) -> tuple[int, datetime]:
        """Count one attempt under a key; return the count and when it starts again from 0."""
        await self._failures.delete_one({"_id": key, "expires_at": {"$lte": now()}})
        found = await self._failures.find_one_and_update(
            {"_id": key},
            {"$inc": {"count": 1}, "$setOnInsert": {"expires_at": expires_at}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        counted = cast(Fields, found)
        return counted["count"], counted["expires_at"]

    async def forget_failures(self, key: str) -> None:
        """Start counting again from 0."""
        await self._failures.delete_one({"_id": key})
