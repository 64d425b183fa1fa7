"""Certificates: numbered without gaps, cleaned of what acts, once for each completion."""

import asyncio
from datetime import UTC, datetime

import pytest
from class_room import ClassRoom
from issuing_server import issue_at_once
from msgspec import structs
from recorded_log import RecordedLog

from content.certificates import (
    certificates,
    designs,
    filling,
    issuing,
    lettering,
    markup,
    templates,
)
from content.certificates.certificates import Certificate, months_later
from content.certificates.issuing import CertificateDraft
from content.certificates.numbering import numbered
from content.certificates.templates import TemplateChanges, TemplateDraft
from content.courses import courses
from content.courses.course_settings import SettingsChanges
from content.courses.courses import CourseChanges
from content.documents import encode
from content.enrollment import enrollments
from content.enrollment.enrollments import EnrollmentDraft
from content.errors import Conflict, RuleBroken
from content.identity import new_id, now
from content.people import people
from content.people.people import Person, PersonChanges
from content.progress.progress import Progress
from content.store import Store
from content.telling import events
from content.telling.events import Event
from content.telling.outbox import Outbox

YEAR = datetime.now(UTC).year


class Said:
    """A sink that keeps what it is told."""

    def __init__(self) -> None:
        self.statements: list[dict[str, object]] = []

    async def __call__(self, organization_id: str, statements: object) -> None:
        self.statements += statements  # type: ignore[operator]


async def completed(store: Store, room: ClassRoom, log: RecordedLog, progress: Progress) -> Event:
    """The person completes the course; the event of it."""
    done = [room.says("completed", each.activity_id) for each in (room.first, room.second)]
    await log.take(*done)
    await progress.observe(done)
    data = {
        "user_id": room.person.id,
        "course_id": room.course.id,
        "enrollment_id": room.enrollment.id,
    }
    one = room.organization.id
    return events.event(one, "enrollment.completed", room.enrollment.id, now(), data)


async def numbers(store: Store, room: ClassRoom) -> list[str]:
    found = await store.of(Certificate).all(room.organization.id, {}, [("number", 1)])
    return [each.number for each in found]


async def test_numbers_have_neither_gaps_nor_doubles_when_two_servers_issue_at_once(
    store: Store, room: ClassRoom, mongodb_uri: str
) -> None:
    one, name = room.organization.id, store.database.name
    crowd = [
        structs.replace(room.person, id=new_id("user"), agents=(f"mbox:mailto:{each}@x.y",))
        for each in range(40)
    ]
    await store.of(Person).collection.insert_many(map(encode, crowd))
    # Ten people are named twice, once to each server: of the two certificates one is refused,
    # number and all, in the middle of the others.
    ids = [each.id for each in crowd]
    shares = [ids[10:25] + ids[:10], ids[25:] + ids[:10]]
    came = await asyncio.gather(
        *(
            asyncio.to_thread(issue_at_once, mongodb_uri, name, one, room.course.id, share)
            for share in shares
        )
    )
    assert came[0].count("certificate_exists") + came[1].count("certificate_exists") == 10
    told = sorted(each for answers in came for each in answers if each.startswith("CERT-"))
    assert told == [f"CERT-{YEAR}-{each:07}" for each in range(1, 41)]
    assert await numbers(store, room) == told
    issued = await store.of(Certificate).all(one, {})
    assert len({each.code for each in issued}) == 40


async def test_what_fails_leaves_no_gap(store: Store, room: ClassRoom) -> None:
    async def fail(_: object, number: str) -> str:
        raise RuntimeError(number)

    async def succeed(_: object, number: str) -> str:
        return number

    for _ in range(2):
        with pytest.raises(RuntimeError) as failed:
            await numbered(store, room.organization.id, 2031, fail)
        assert str(failed.value) == "CERT-2031-0000001"
    assert await numbered(store, room.organization.id, 2031, succeed) == "CERT-2031-0000001"
    assert await numbered(store, room.organization.id, 2031, succeed) == "CERT-2031-0000002"
    assert await numbered(store, room.organization.id, 2032, succeed) == "CERT-2032-0000001"
    assert await numbered(store, "organization_2", 2031, succeed) == "CERT-2031-0000001"


async def test_a_completion_is_certified_once_where_the_course_asks_for_it(
    store: Store, room: ClassRoom, log: RecordedLog, progress: Progress
) -> None:
    one, said = room.organization.id, Said()
    event, outbox = await completed(store, room, log, progress), Outbox(store, said)
    await issuing.react(store, outbox, event)
    assert await numbers(store, room) == []
    asked = CourseChanges(settings=SettingsChanges(certificate_enabled=True))
    await courses.update(store, one, room.course.id, asked)
    await asyncio.gather(*(issuing.react(store, outbox, event) for _ in range(3)))
    assert await numbers(store, room) == [f"CERT-{YEAR}-0000001"]
    (certificate,) = await store.of(Certificate).all(one, {})
    assert certificate.recipient_name == "Ann Lee"
    assert (certificate.title, certificate.issuer) == ("Hand hygiene", "Harbour Clinic")
    assert (certificate.enrollment_id, certificate.untold) == (room.enrollment.id, ())

    (statement,) = said.statements
    assert statement["verb"] == {"id": issuing.telling.EARNED, "display": {"en": "earned"}}
    assert "registration" not in str(statement)
    (told,) = await store.of(Event).all(one, {"type": "certificate.issued"})
    assert told.data["certificate_number"] == certificate.number

    await certificates.revoke(store, one, certificate.id, "user_1", "By mistake")
    await issuing.react(store, outbox, event)
    assert len(await numbers(store, room)) == 1


async def test_each_completion_of_a_course_has_a_certificate_of_its_own(
    store: Store, room: ClassRoom, log: RecordedLog, progress: Progress
) -> None:
    one = room.organization.id
    await completed(store, room, log, progress)
    draft = CertificateDraft(person_id=room.person.id, course_id=room.course.id)
    first = await issuing.issue(store, one, draft)
    with pytest.raises(Conflict) as refused:
        await issuing.issue(store, one, draft)
    assert refused.value.code == "certificate_exists"
    await enrollments.cancel(store, one, room.enrollment.id)
    again = EnrollmentDraft(person_id=room.person.id, course_id=room.course.id)
    second_time = structs.replace(room, enrollment=await enrollments.enroll(store, one, again))
    for lesson in (room.first, room.second):
        said = second_time.says("completed", lesson.activity_id, minute=60)
        await log.take(said)
        await progress.observe([said])
    second = await issuing.issue(store, one, draft)
    assert second.enrollment_id == second_time.enrollment.id != first.enrollment_id
    assert certificates.status_of(await certificates.get(store, one, first.id), now()) == "valid"


async def test_without_a_completion_a_reason_is_wanted(store: Store, room: ClassRoom) -> None:
    one = room.organization.id
    draft = CertificateDraft(person_id=room.person.id, course_id=room.course.id)
    with pytest.raises(Conflict) as refused:
        await issuing.issue(store, one, draft)
    assert refused.value.code == "not_completed"
    forced = structs.replace(draft, force_reason="Learnt elsewhere", issued_by="user_1")
    certificate = await issuing.issue(store, one, forced)
    assert (certificate.forced_reason, certificate.completed_at) == ("Learnt elsewhere", None)
    with pytest.raises(RuleBroken):
        await issuing.issue(store, one, CertificateDraft(person_id=room.person.id))


async def test_a_certificate_issued_anew_has_the_present_name_and_the_old_end(
    store: Store, room: ClassRoom
) -> None:
    one = room.organization.id
    template = await templates.create(
        store,
        one,
        TemplateDraft(name="Plain", html_template="{{student_name}} {{grade}}", valid_months=12),
    )
    draft = CertificateDraft(
        person_id=room.person.id,
        course_id=room.course.id,
        template_id=template.id,
        force_reason="Taught live",
    )
    with pytest.raises(RuleBroken) as broken:
        await issuing.issue(store, one, draft)
    assert [each.where for each in broken.value.findings] == ["custom_fields/grade"]
    draft = structs.replace(draft, custom_fields={"grade": "A"})
    old = await issuing.issue(store, one, draft)
    assert old.expires_at == months_later(old.issued_at, 12)
    await people.update(store, one, room.person.id, PersonChanges(name="Ann Li"))
    new = await issuing.reissue(store, one, old.id, "user_1")
    assert (new.recipient_name, new.custom_fields) == ("Ann Li", {"grade": "A"})
    assert (new.replaces, new.expires_at) == (old.id, old.expires_at)
    old = await certificates.get(store, one, old.id)
    assert (old.replaced_by, certificates.status_of(old, now())) == (new.id, "replaced")
    with pytest.raises(Conflict) as refused:
        await issuing.reissue(store, one, old.id, "user_1")
    assert refused.value.code == "certificate_not_valid"
    assert await numbers(store, room) == [f"CERT-{YEAR}-0000001", f"CERT-{YEAR}-0000002"]


async def test_a_template_is_cleaned_and_its_variables_are_checked(
    store: Store, room: ClassRoom
) -> None:
    one = room.organization.id
    html = (
        "<div class='cert' style='color: red'><script>alert(1)</script>"
        "<h1 onclick='x()'>{{ student_name }}</h1><img src='data:image/png;base64,AA=='>"
        "<img src='{{qr_code}}'><a href='data:text/html,x'>{{course_name}}</a></div>"
    )
    template = await templates.create(store, one, TemplateDraft(name="Plain", html_template=html))
    assert template.variables == ("student_name", "qr_code", "course_name")
    assert 'class="cert"' in template.html_template
    assert "color: red" in template.html_template
    assert "data:image/png" in template.html_template
    for gone in ("script", "alert", "onclick", "data:text"):
        assert gone not in template.html_template
    assert markup.clean(template.html_template) == template.html_template

    wrong = TemplateDraft(
        name="",
        html_template="{{student_name}} {{Grade!}} {{distinction}}",
        css_styles="@import 'x'; h1 { background: URL(http://evil.example/x) }",
        variables=("student_name", "Grade"),
        paper_size="A0",
        orientation="up",
        valid_months=0,
    )
    with pytest.raises(RuleBroken) as broken:
        await templates.create(store, one, wrong)
    assert sorted(each.where for each in broken.value.findings) == [
        "css_styles",
        "css_styles",
        "html_template",
        "html_template",
        "name",
        "orientation",
        "paper_size",
        "valid_months",
        "variables/1",
    ]
    changes = TemplateChanges(html_template="{{grade}}")
    with pytest.raises(RuleBroken) as broken:
        await templates.update(store, one, template.id, changes)
    assert "grade" in broken.value.findings[0].detail
    changes = TemplateChanges(html_template="{{grade}}", variables=("grade",))
    changed = await templates.update(store, one, template.id, changes)
    assert changed.version == 2


@pytest.mark.parametrize(
    "css",
    [
        "@im\\70ort 'x'",
        "a{background:u/**/rl(x)}",
        "a{background:\\75 rl(//x)}",
        "a{background:url( 'http://x')}",
        "a{width:expression(1)}",
        "</style><script>",
        "a{background:image-set('x' 1x)}",
        "a{-moz-binding:x}",
    ],
)
def test_styles_that_reach_out_are_refused(css: str) -> None:
    assert markup.broken_css(css)


def test_harmless_styles_are_taken() -> None:
    css = "@page { size: A4 } b::before { content: '\\201C'; background: url(data:image/png,A) }"
    assert markup.broken_css(css) == []


def test_months_end_where_they_end() -> None:
    def day(text: str) -> datetime:
        return datetime.fromisoformat(f"{text}T12:00:00+00:00")

    assert months_later(day("2026-01-31"), 1) == day("2026-02-28")
    assert months_later(day("2027-12-31"), 2) == day("2028-02-29")
    assert months_later(day("2026-03-15"), 24) == day("2028-03-15")


def test_the_designs_are_as_clean_as_an_authors() -> None:
    """What a template is made of is sanitised; a design loses nothing by that."""
    for design in designs.built_in():
        assert markup.clean(design.html_template).split() == design.html_template.split()
        assert markup.broken_css(design.css_styles) == []
        assert markup.custom(markup.used(design.html_template)) == []


def test_values_are_written_as_the_reader_writes_them_and_never_as_html() -> None:
    moment = datetime(2026, 5, 12, 23, 30, tzinfo=UTC)
    look = designs.Look(html="", css="")
    german = Certificate(
        id="certificate_1",
        organization_id="organization_1",
        created_at=moment,
        updated_at=moment,
        number="CERT-2026-0000001",
        code="x",
        person_id="user_1",
        basis="",
        current_for=None,
        recipient_name="<b>Ann</b> & Bo",
        title="Fire",
        issuer="Harbour",
        score=92.5,
        language="de",
        time_zone="Europe/Berlin",
        issued_at=moment,
    )
    said = filling.values(german, look, "https://learn.example/verify/x")
    assert (said["issue_date"], said["score"]) == ("13. Mai 2026", "92,5\xa0%")
    assert said["student_name"] == "&lt;b&gt;Ann&lt;/b&gt; &amp; Bo"
    assert said["expiry_date"] == ""
    english = structs.replace(look, language="en")
    assert filling.values(german, english, "")["issue_date"] == "May 13, 2026"
    html = "{{student_name}}|{{ grade }}|{{expiry_date}}<i class='if-expiry_date'></i>"
    printed = filling.printable(german, structs.replace(look, html=html), "", "valid")
    assert printed.html.startswith("&lt;b&gt;Ann&lt;/b&gt; &amp; Bo||<i")
    assert ".if-expiry_date { display: none" in printed.css
    assert (
        "--paper-scale: 1.000; --tall: 0; --name-scale: 1.000; --title-scale: 1.000;" in printed.css
    )
    long = structs.replace(german, recipient_name="王" * 26, title="x" * 320, issuer="مستشفى")
    css = filling.printable(long, structs.replace(look, paper="A5"), "", "valid").css
    assert "--paper-scale: 0.705; --tall: 0; --name-scale: 0.500; --title-scale: 0.500;" in css
    assert "--tracking: 0;" in css


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Safe Handling of Medical Gases", ["Safe Handling of", "Medical Gases"]),
        ("危险化学品的安全操作", ["危险化学品的安全", "操作"]),
        ("शिक्षा " * 2, ["शिक्षा शिक्षा"]),
        ("Arbeitsschutzbeauftragte", ["Arbeitsschutzbea", "uftragte"]),
        ("", [""]),
    ],
)
def test_a_badges_words_are_wrapped_by_how_wide_they_are(title: str, found: list[str]) -> None:
    assert lettering.wrapped(title, 16) == found
