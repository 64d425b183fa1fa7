"""/courses and /categories: every attribute, search, settings, prerequisites, archives."""

from typing import Any

from api.services import Services
from content import category_tree
from tests.api.callers import Api, add_person


async def _refused(answer: Any, status: int) -> dict[str, str]:
    """Where an answer finds fault, and by which code."""
    assert answer.status == status, await answer.text()
    errors = (await answer.json())["errors"]
    return {next(iter(each.get("source", {"": ""}).values())): each["code"] for each in errors}


async def test_a_course_has_every_attribute(admin: Api, services: Services) -> None:
    ann = await add_person(services, "ann@example.org", "instructor")
    category = await admin.make("/categories", name="Frontend")
    settings = {"self_enrollment": True, "passing_score": 80, "max_attempts": 3}
    course = await admin.make(
        "/courses",
        title="Übung: React für alle",
        description="Patterns",
        category_id=category["id"],
        instructor_id=ann,
        thumbnail_url="https://cdn.example.org/t.png",
        external_id="HR/42",
        language="de",
        tags=["React", "react", "UI"],
        settings=settings,
    )
    shown = course["attributes"]
    assert shown["slug"] == "ubung-react-fur-alle"
    assert shown["tags"] == ["react", "ui"]
    assert shown["settings"] == {
        **settings,
        "certificate_enabled": False,
        "certificate_template_id": None,
        "drip_content": False,
        "max_enrollments": None,
        "discussion_enabled": True,
    }
    counted = ("module_count", "lesson_count", "duration_minutes", "enrollment_count")
    assert [shown[name] for name in counted] == [0, 0, 0, 0]
    assert shown["rating"] is None
    related = course["relationships"]
    assert related["instructor"]["data"] == {"type": "user", "id": ann}
    assert related["category"]["data"] == {"type": "category", "id": category["id"]}
    path = f"/courses/{course['id']}"
    module = await admin.make(f"{path}/modules", title="One")
    for minutes in (20, 25):
        lesson = {"title": "L", "content_type": "xapi", "duration_minutes": minutes}
        await admin.make(f"/modules/{module['id']}/lessons", **lesson)
    found = await admin.get("/courses/external/HR%2F42?include=modules,lessons,instructor,category")
    assert [found["data"]["attributes"][name] for name in counted] == [1, 2, 45, 0]
    types = [each["type"] for each in found["included"]]
    assert types == ["module", "lesson", "lesson", "user", "category"]
    assert found["included"][3]["attributes"] == {"name": "Ann"}
    odd = await admin.call("GET", f"{path}?include=colour")
    assert await _refused(odd, 400) == {"include": "validation_error"}


async def test_every_fault_of_a_course_is_told(admin: Api) -> None:
    course = {
        "title": "",
        "slug": "Not a slug",
        "thumbnail_url": "javascript:alert(1)",
        "external_id": "",
        "tags": ["fine", " "],
        "settings": {"passing_score": 101, "max_attempts": 0, "max_enrollments": 0},
    }
    answer = await admin.call("POST", "/courses", json=course)
    assert set(await _refused(answer, 422)) == {
        "/title",
        "/slug",
        "/thumbnail_url",
        "/external_id",
        "/tags/1",
        "/settings/passing_score",
        "/settings/max_attempts",
        "/settings/max_enrollments",
    }
    course = {"title": "T", "category_id": "c", "instructor_id": "p", "prerequisites": ["x"]}
    answer = await admin.call("POST", "/courses", json=course)
    assert set(await _refused(answer, 422)) == {
        "/category_id",
        "/instructor_id",
        "/prerequisites/0",
    }


async def test_slugs_and_external_ids_are_had_once(admin: Api) -> None:
    titles = ["C++ & more", "C  more", "c_more", "日本語", "!?"]
    made = [await admin.make("/courses", title=each) for each in titles]
    slugs = [each["attributes"]["slug"] for each in made]
    assert slugs == ["c-more", "c-more-2", "c-more-3", "ribenyu", "course"]
    taken = await admin.call("POST", "/courses", json={"title": "T", "slug": "c-more"})
    assert await _refused(taken, 409) == {"/slug": "slug_taken"}
    await admin.make("/courses", title="T", external_id="42")
    path = f"/courses/{made[0]['id']}"
    taken = await admin.call("PATCH", path, json={"external_id": "42"})
    assert await _refused(taken, 409) == {"/external_id": "external_id_taken"}
    assert (await admin.call("GET", "/courses/external/43")).status == 404


async def test_what_is_not_given_stays_of_the_settings_as_well(admin: Api) -> None:
    course = await admin.make("/courses", title="T", settings={"passing_score": 70}, tags=["a"])
    path = f"/courses/{course['id']}"
    changed = await admin.call("PATCH", path, json={"settings": {"drip_content": True}})
    shown = (await changed.json())["data"]["attributes"]
    assert (shown["settings"]["drip_content"], shown["settings"]["passing_score"]) == (True, 70)
    assert (shown["tags"], shown["slug"]) == (["a"], "t")
    cleared = await admin.call("PATCH", path, json={"settings": {"passing_score": None}})
    assert (await cleared.json())["data"]["attributes"]["settings"]["passing_score"] is None


async def test_courses_are_found_by_what_they_are(admin: Api, learner: Api) -> None:
    top = await admin.make("/categories", name="Languages")
    below = await admin.make("/categories", name="Slavic", parent_id=top["id"])
    me = (await admin.get("/auth/me"))["data"]["id"]
    await admin.make("/courses", title="Żółw po polsku", category_id=below["id"], tags=["Polish"])
    await admin.make("/courses", title="English", description="Irregular verbs", language="en")
    await admin.make("/courses", title="Chess", instructor_id=me, status="published")

    async def titles(query: str, who: Api = admin) -> list[str]:
        found = await who.get(f"/courses?sort=title&{query}")
        return [each["attributes"]["title"] for each in found["data"]]

    assert await titles("search=zolw") == ["Żółw po polsku"]
    assert await titles("search=pol") == ["Żółw po polsku"]
    assert await titles("search=VERB irreg") == ["English"]
    assert await titles("search=verb pol") == []
    assert await titles("search=.*") == ["Chess", "English", "Żółw po polsku"]
    assert await titles(f"category={top['id']}") == ["Żółw po polsku"]
    assert await titles("tag=POLISH") == ["Żółw po polsku"]
    assert await titles(f"instructor_id={me}") == ["Chess"]
    assert await titles("language=en&status=draft") == ["English"]
    assert await titles("slug=chess", learner) == ["Chess"]
    assert await titles("status=draft", learner) == ["Chess"]
    wrong = await admin.call("GET", "/courses?status=lost")
    assert await _refused(wrong, 400) == {"status": "validation_error"}


async def test_a_course_is_published_archived_and_restored(admin: Api) -> None:
    course = await admin.make("/courses", title="T")
    path = f"/courses/{course['id']}"

    async def after(action: str, **body: str) -> str:
        answer = await admin.call("POST", f"{path}/{action}", json=body)
        assert answer.status == 200, await answer.text()
        status: str = (await answer.json())["data"]["attributes"]["status"]
        return status

    assert await after("publish") == "published"
    assert await after("publish", status="draft") == "draft"
    restored = await admin.call("POST", f"{path}/restore", json={})
    assert await _refused(restored, 409) == {"": "course_not_archived"}
    assert await after("archive") == "archived"
    assert (await admin.get("/courses"))["data"] == []
    assert await after("restore") == "draft"
    wrong = await admin.call("POST", f"{path}/publish", json={"status": "lost"})
    assert await _refused(wrong, 422) == {"/status": "validation_error"}


async def test_prerequisites_never_run_in_a_circle(admin: Api) -> None:
    first = await admin.make("/courses", title="First")
    second = await admin.make("/courses", title="Second", prerequisites=[first["id"]])
    third = await admin.make("/courses", title="Third", prerequisites=[second["id"]])
    for needed in (first, second, third):
        path = f"/courses/{first['id']}"
        answer = await admin.call("PATCH", path, json={"prerequisites": [needed["id"]]})
        assert await _refused(answer, 422) == {"/prerequisites/0": "validation_error"}
    path = f"/courses/{third['id']}"
    kept = await admin.call("PATCH", path, json={"prerequisites": [second["id"], first["id"]]})
    assert kept.status == 200


async def test_categories_are_a_tree(admin: Api, learner: Api) -> None:
    top = await admin.make("/categories", name="Top")
    below = await admin.make("/categories", name="Below", parent_id=top["id"])
    assert below["relationships"]["parent"]["data"] == {"type": "category", "id": top["id"]}
    twin = await admin.call("POST", "/categories", json={"name": "TOP "})
    assert await _refused(twin, 409) == {"/name": "category_exists"}
    path = f"/categories/{top['id']}"
    circle = await admin.call("PATCH", path, json={"parent_id": below["id"]})
    assert await _refused(circle, 422) == {"/parent_id": "validation_error"}
    assert await _refused(await admin.call("DELETE", path), 409) == {"": "category_in_use"}
    moved = await admin.call("PATCH", f"/categories/{below['id']}", json={"parent_id": None})
    assert (await moved.json())["data"]["attributes"]["parent_id"] is None
    listed = await learner.get("/categories?sort=-name")
    assert [each["attributes"]["name"] for each in listed["data"]] == ["Top", "Below"]
    assert (await admin.call("DELETE", path)).status == 204
    assert (await admin.call("GET", path)).status == 404
    assert (await learner.call("POST", "/categories", json={"name": "Mine"})).status == 403


async def test_a_tree_of_categories_is_not_endless(admin: Api) -> None:
    above: str | None = None
    for level in range(category_tree.DEEPEST):
        above = (await admin.make("/categories", name=f"L{level}", parent_id=above))["id"]
    deeper = await admin.call("POST", "/categories", json={"name": "x", "parent_id": above})
    assert await _refused(deeper, 422) == {"/parent_id": "validation_error"}
