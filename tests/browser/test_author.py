"""An author's day one: a course is made, filled, put in order, and published."""

from aiohttp import ClientSession
from playwright.async_api import FilePayload, Page, expect

from tests.browser.pages import check, sign_in
from tests.material import shared
from tests.process import ADMIN_EMAIL, ADMIN_PASSWORD
from tests.rest import administrator
from tests.served import Lyceum


async def test_a_course_is_made_filled_put_in_order_and_published(
    lyceum: Lyceum, page: Page
) -> None:
    await sign_in(page, lyceum.url, ADMIN_EMAIL, ADMIN_PASSWORD)
    await page.goto(f"{lyceum.url}/courses")
    await check(page, "courses-empty")
    await page.get_by_role("link", name="New course").click()
    await page.get_by_role("button", name="Make the course").click()
    await expect(page.get_by_role("alert")).to_contain_text("Title must have 1 to 500 characters")
    await check(page, "new-course-error")
    await page.get_by_label("Title").fill("Fire safety")
    await page.get_by_role("button", name="Make the course").click()
    await expect(page.get_by_role("heading", name="Before you publish")).to_be_visible()
    await check(page, "outline-empty")
    for name in ("Alarm", "Escape"):
        await page.get_by_label("Name of the module").fill(name)
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.locator("[data-module]", has_text=name)).to_be_visible()

    await _lesson(page, "Alarm", "When it rings", "Text")
    # Until the editor is there, the same name is a plain field's, which it hides.
    await expect(page.get_by_role("toolbar", name="Form of Text")).to_be_visible()
    text = page.get_by_role("textbox", name="Text")
    await text.press_sequentially("Leave by the stairs.")
    await expect(text).to_have_text("Leave by the stairs.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status").first).to_contain_text("saved")
    await check(page, "lesson-text")
    await page.get_by_role("link", name="Back to the outline").click()
    await _lesson(page, "Alarm", "A film", "Video")
    await page.get_by_label("Address of the film").fill("no address")
    await page.get_by_label("Length in seconds").fill("90")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("must be an address")
    await check(page, "lesson-error")
    await page.get_by_label("Address of the film").fill("https://films.example/fire.mp4")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("link", name="Back to the outline").click()
    await check(page, "outline-filled")

    film = page.locator("[data-lesson]", has_text="A film")
    await film.get_by_role("button", name="Move A film up").press("Enter")
    assert await _order(page) == [["A film", "When it rings"], []]
    await expect(page.get_by_role("button", name="Move A film down")).to_be_focused()
    # A page that scrolls between the press and the pull would have another lesson beneath it.
    await page.set_viewport_size({"width": 1280, "height": 1600})
    await film.locator("[data-handle]").drag_to(page.locator("[data-module]", has_text="Escape"))
    assert await _order(page) == [["When it rings"], ["A film"]]

    await page.goto(f"{page.url.split('/edit')[0]}/upload")
    await page.get_by_label("Zip file").set_input_files(shared("packages", "badscorm.zip"))
    await page.get_by_role("button", name="Upload and check").click()
    await expect(page.get_by_role("heading", name="The package was not taken")).to_be_visible()
    await check(page, "package-refused")
    await page.get_by_role("link", name="Upload again").click()
    await check(page, "upload")
    package = shared("packages", "RuntimeMinimumCalls_SCORM12.zip")
    await page.get_by_label("Zip file").set_input_files(package)
    await page.get_by_role("button", name="Upload and check").click()
    await expect(page.get_by_role("heading", name="Where it is now")).to_be_visible()
    await check(page, "package-report")
    course = page.url.split("/packages")[0]
    await page.goto(f"{course}/edit")
    await _quiz(page)
    for name in ("settings", "preview"):
        await page.goto(f"{course}/{name}")
        await check(page, f"course-{name}")
    await page.goto(f"{course}/edit")
    await page.get_by_role("button", name="Publish the course").click()
    await expect(page.get_by_role("heading", name="The course is published")).to_be_visible()
    await check(page, "outline-published")


async def test_the_other_pages_of_an_author_in_their_states(lyceum: Lyceum, page: Page) -> None:
    async with ClientSession() as session:
        admin = await administrator(session, lyceum)
        course = await admin.make("/courses", title="Fire safety")
        path = f"/courses/{course['id']}"
        module = await admin.make(f"{path}/modules", title="Alarm", unlock_after_days=2)
        place = f"/modules/{module['id']}/lessons"
        work = await admin.make(place, title="Plan", content_type="assignment")
        text = {"html": "<h2>Leave</h2><p>By the <b>stairs</b>.</p>"}
        lesson = await admin.make(place, title="Bell", content_type="text", content=text)
        quiz = await admin.make("/quizzes", title="Fire")
        await admin.make("/question-categories", name="Alarms")
    await sign_in(page, lyceum.url, ADMIN_EMAIL, ADMIN_PASSWORD)
    for name, address in {
        "module": f"{path}/modules/{module['id']}/edit",
        "assignment": f"{path}/lessons/{work['id']}/assignment",
        "lesson-preview": f"{path}/preview/{lesson['id']}",
        "question-categories": "/question-bank/categories",
        "bank-empty": f"/question-bank?quiz={quiz['id']}",
        "question-matching": f"/quizzes/{quiz['id']}/questions/new?type=matching",
        "question-numeric": f"/quizzes/{quiz['id']}/questions/new?type=numeric",
        "question-essay": f"/quizzes/{quiz['id']}/questions/new?type=essay",
        "courses": "/courses",
    }.items():
        await page.goto(f"{lyceum.url}{address}")
        await check(page, name)

    await page.goto(f"{lyceum.url}{path}/settings")
    other = await page.context.new_page()
    await other.goto(f"{lyceum.url}{path}/settings")
    await other.get_by_label("Title").fill("Fire drill")
    await other.get_by_role("button", name="Save the settings").click()
    await page.get_by_label("Title").fill("When it burns")
    await page.get_by_role("button", name="Save the settings").click()
    await expect(page.get_by_role("alert")).to_contain_text("Somebody changed this meanwhile")
    await expect(page.get_by_text("Now it is: Fire drill")).to_be_visible()
    await check(page, "settings-changed-meanwhile")
    await page.get_by_role("button", name="Save the settings").click()
    await expect(page.get_by_role("heading", name="When it burns")).to_be_visible()


async def _quiz(page: Page) -> None:
    """Write a quiz of two questions, and try it out."""
    await _lesson(page, "Escape", "What do you do?", "Quiz")
    await page.get_by_role("link", name="Multiple choice").click()
    await page.get_by_role("button", name="Save the question").click()
    await expect(page.get_by_role("alert")).to_contain_text("things need your attention")
    await check(page, "question-error")
    await page.get_by_role("textbox", name="What is asked").fill("Which way out?")
    for number, option in enumerate(("The stairs", "The lift"), start=1):
        await page.get_by_label(f"Option {number}", exact=True).fill(option)
    await page.get_by_role("button", name="Add an option").click()
    await expect(page.get_by_label("Option 5", exact=True)).to_be_focused()
    await page.keyboard.type("The window")
    await page.get_by_role("checkbox", name="Right").first.check()
    await page.get_by_role("button", name="Save the question").click()
    await page.get_by_role("link", name="True or false").click()
    await page.get_by_role("textbox", name="What is asked").fill("The alarm is a drill.")
    await page.get_by_label("The sentence is").select_option("False")
    await page.get_by_role("button", name="Save the question").click()
    await page.get_by_role("button", name="Move question 2 up").click()
    await expect(page.locator("[data-module] .name a").first).to_contain_text("a drill")
    await check(page, "quiz")
    await page.get_by_role("link", name="Preview as a learner").click()
    await page.get_by_label("The stairs").check()
    await page.get_by_role("button", name="Grade my answers").click()
    await expect(page.get_by_text("1 of 2 points")).to_be_visible()
    await check(page, "quiz-tried")
    await page.get_by_role("link", name="Back to the editor").click()
    await page.get_by_role("link", name="Import GIFT").click()
    gift: FilePayload = {
        "name": "fire.gift",
        "mimeType": "text/plain",
        "buffer": b"::Way:: Up? {T}\n\n::Bad:: {",
    }
    await page.get_by_label("File").set_input_files(gift)
    await page.get_by_role("button", name="Import").click()
    await expect(page.get_by_text("1 question is in the bank")).to_be_visible()
    await check(page, "import-report")
    await page.get_by_role("link", name="To the bank").click()
    await check(page, "bank")


async def _lesson(page: Page, module: str, title: str, kind: str) -> None:
    """Add a lesson to a module, which leads to where its content is written."""
    chapter = page.locator("[data-module]", has_text=module)
    adding = chapter.get_by_label("Title")
    if not await adding.is_visible():
        await chapter.get_by_text("Add a lesson").click()
    await adding.fill(title)
    await chapter.get_by_role("radio", name=kind, exact=False).first.check()
    await chapter.get_by_role("button", name="Add the lesson").click()


async def _order(page: Page) -> list[list[str]]:
    """The titles of the lessons, module by module, once an order was saved."""
    await expect(page.locator(".busy-now")).to_have_count(0)
    modules = await page.locator("[data-module]").all()
    return [await each.locator("[data-lesson] .name a").all_inner_texts() for each in modules]
