"""How pages put what REST says."""

import pytest

from api.pages.wording import sentence


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        ("must be a day", "It must be a day."),
        ("goes only with the kinds all and any", "It goes only with the kinds all and any."),
        ("makes a circle: a, b", "It makes a circle: a, b."),
        ("was used; ask for a new one", "It was used; ask for a new one."),
        ("there is no file f", "There is no file f."),
        ("issues of it are many", "Issues of it are many."),
        ("recipients: must be e-mail addresses", "Recipients: must be e-mail addresses."),
        ("The due date is over.", "The due date is over."),
        ("plan.exe is not taken", "plan.exe is not taken."),
    ],
)
def test_a_finding_about_a_field_is_told_as_a_sentence(finding: str, said: str) -> None:
    assert sentence(finding) == said
