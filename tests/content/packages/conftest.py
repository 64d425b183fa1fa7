"""An organization with a library: where packages are imported, and where files are unpacked."""

from pathlib import Path

import pytest
from library_room import Library

from content import organizations
from content.organizations import OrganizationDraft
from content.packages import PackageFiles
from content.store import Store


@pytest.fixture
async def library(store: Store, tmp_path: Path) -> Library:
    draft = OrganizationDraft(name="Fire brigade", public_url="https://lms.example.org")
    organization = await organizations.create(store, draft)
    unpacked = tmp_path / "unpacked"
    files = PackageFiles(store, unpacked)
    return Library(store, organization.id, tmp_path / "uploads", files, unpacked)
