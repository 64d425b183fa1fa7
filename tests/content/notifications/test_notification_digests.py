"""Digests come at the hour and day that a person chose, in their own time zone."""

from datetime import UTC, datetime

import pytest

from content.notifications.preferences import Mail, Preferences, mail_at

BERLIN = Preferences(
    id="notification_preferences_1",
    organization_id="organization_1",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    person_id="user_1",
    digest_at="08:00",
    digest_on="monday",
    time_zone="Europe/Berlin",
)


@pytest.mark.parametrize(
    ("mail", "moment", "due"),
    [
        ("daily", "2026-01-05T06:59:00", "2026-01-05T07:00:00"),
        ("daily", "2026-01-05T07:00:00", "2026-01-06T07:00:00"),
        ("daily", "2026-03-28T12:00:00", "2026-03-29T06:00:00"),
        ("weekly", "2026-01-05T06:00:00", "2026-01-05T07:00:00"),
        ("weekly", "2026-01-05T09:00:00", "2026-01-12T07:00:00"),
        ("weekly", "2026-03-25T09:00:00", "2026-03-30T06:00:00"),
        ("immediate", "2026-01-05T09:00:00", "2026-01-05T09:00:00"),
    ],
)
def test_a_digest_is_due_at_the_next_chosen_moment(mail: Mail, moment: str, due: str) -> None:
    present = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert mail_at(BERLIN, mail, present) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_without_mail_nothing_is_due() -> None:
    assert mail_at(BERLIN, "off", datetime(2026, 1, 5, tzinfo=UTC)) is None
