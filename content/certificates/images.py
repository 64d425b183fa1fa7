"""The pictures that a certificate shows: an organization's logo, somebody's signature."""

from base64 import b64encode
from typing import Final

from content import files
from content.errors import NotFound
from content.findings import Finding
from content.store import Store

KINDS: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")
EXTENSIONS: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp")
LARGEST: Final = 512 * 1024


async def broken(
    store: Store, organization_id: str, where: str, file_id: str | None
) -> list[Finding]:
    """Why a file is no picture to show."""
    if file_id is None:
        return []
    try:
        file = await files.get(store, organization_id, file_id)
    except NotFound:
        return [Finding(where=where, detail="names no file that is there")]
    if file.media_type not in KINDS:
        return [Finding(where=where, detail="must be a PNG, JPEG, GIF or WebP picture")]
    if file.size > LARGEST:
        return [Finding(where=where, detail=f"must have at most {LARGEST // 1024} KB")]
    return []


async def address(store: Store, organization_id: str, file_id: str | None) -> str:
    """The picture as a `data:` address; empty for none, and for one that is there no more."""
    if file_id is None or await broken(store, organization_id, "", file_id):
        return ""
    file = await files.get(store, organization_id, file_id)
    parts = [each async for each in files.read(store, organization_id, file.id, 0, file.size)]
    return f"data:{file.media_type};base64,{b64encode(b''.join(parts)).decode()}"
