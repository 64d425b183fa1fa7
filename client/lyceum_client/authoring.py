"""Courses and what they consist of: modules, lessons, quizzes."""

from collections.abc import Iterator, Sequence
from typing import Unpack

from lyceum_client.connection import path_of
from lyceum_client.documents import Documents
from lyceum_client.fields import (
    ContentType,
    CourseChanges,
    CourseFields,
    CourseFilters,
    LessonChanges,
    ModuleChanges,
    NewLessonFields,
    NewModuleFields,
    NewQuizFields,
    Question,
    QuizChanges,
)
from lyceum_client.models import Course, Lesson, Module, Quiz


class Authoring(Documents):
    """What authors do."""

    def list_courses(self, **filters: Unpack[CourseFilters]) -> Iterator[Course]:
        """Every course that the caller may see, page by page as they are wanted."""
        return self._all(Course, "/courses", {**filters})

    def create_course(self, title: str, **fields: Unpack[CourseFields]) -> Course:
        """A new course, a draft unless said otherwise."""
        return self._one(Course, "POST", "/courses", {"title": title, **fields})

    def get_course(self, course_id: str) -> Course:
        """The course."""
        return self._one(Course, "GET", path_of("courses", course_id))

    def get_course_by_external_id(self, external_id: str) -> Course:
        """The course that another system knows by this id."""
        return self._one(Course, "GET", path_of("courses", "external", external_id))

    def update_course(self, course_id: str, **changes: Unpack[CourseChanges]) -> Course:
        """Change a course; what is not given stays, of the settings as well."""
        return self._one(Course, "PATCH", path_of("courses", course_id), changes)

    def publish_course(self, course_id: str) -> Course:
        """Let learners see a course."""
        return self._one(Course, "POST", path_of("courses", course_id, "publish"), {})

    def delete_course(self, course_id: str) -> None:
        """Archive a course; what was learnt stays."""
        self._nothing("DELETE", path_of("courses", course_id))

    def list_modules(self, course_id: str) -> Iterator[Module]:
        """A course's modules in their order."""
        return self._all(Module, path_of("courses", course_id, "modules"))

    def create_module(
        self, course_id: str, title: str, **fields: Unpack[NewModuleFields]
    ) -> Module:
        """A new module of a course."""
        path = path_of("courses", course_id, "modules")
        return self._one(Module, "POST", path, {"title": title, **fields})

    def get_module(self, module_id: str) -> Module:
        """The module."""
        return self._one(Module, "GET", path_of("modules", module_id))

    def update_module(self, module_id: str, **changes: Unpack[ModuleChanges]) -> Module:
        """Change a module; what is not given stays."""
        return self._one(Module, "PATCH", path_of("modules", module_id), changes)

    def reorder_modules(self, course_id: str, module_ids: Sequence[str]) -> list[Module]:
        """Put all of a course's modules in another order."""
        path = path_of("courses", course_id, "modules", "reorder")
        return self._listed(Module, "POST", path, {"module_ids": module_ids})

    def delete_module(self, module_id: str) -> None:
        """Take a module out of its course."""
        self._nothing("DELETE", path_of("modules", module_id))

    def list_lessons(self, module_id: str) -> Iterator[Lesson]:
        """A module's lessons in their order."""
        return self._all(Lesson, path_of("modules", module_id, "lessons"))

    def create_lesson(
        self,
        module_id: str,
        title: str,
        content_type: ContentType,
        **fields: Unpack[NewLessonFields],
    ) -> Lesson:
        """A new lesson of a module; its content is by its type."""
        body = {"title": title, "content_type": content_type, **fields}
        return self._one(Lesson, "POST", path_of("modules", module_id, "lessons"), body)

    def get_lesson(self, lesson_id: str) -> Lesson:
        """The lesson."""
        return self._one(Lesson, "GET", path_of("lessons", lesson_id))

    def update_lesson(self, lesson_id: str, **changes: Unpack[LessonChanges]) -> Lesson:
        """Change a lesson; what is not given stays."""
        return self._one(Lesson, "PATCH", path_of("lessons", lesson_id), changes)

    def reorder_lessons(self, module_id: str, lesson_ids: Sequence[str]) -> list[Lesson]:
        """Put all of a module's lessons in another order."""
        path = path_of("modules", module_id, "lessons", "reorder")
        return self._listed(Lesson, "POST", path, {"lesson_ids": lesson_ids})

    def delete_lesson(self, lesson_id: str) -> None:
        """Take a lesson out of its module; what was learnt stays."""
        self._nothing("DELETE", path_of("lessons", lesson_id))

    def create_quiz(
        self, title: str, questions: Sequence[Question], **fields: Unpack[NewQuizFields]
    ) -> Quiz:
        """A new quiz, of a lesson where its id is given."""
        body = {"title": title, "questions": questions, **fields}
        return self._one(Quiz, "POST", "/quizzes", body)

    def get_quiz(self, quiz_id: str) -> Quiz:
        """The quiz, by its id or its lesson's."""
        return self._one(Quiz, "GET", path_of("quizzes", quiz_id))

    def update_quiz(self, quiz_id: str, **changes: Unpack[QuizChanges]) -> Quiz:
        """Change a quiz; attempts keep the questions that they began with."""
        return self._one(Quiz, "PATCH", path_of("quizzes", quiz_id), changes)

    def delete_quiz(self, quiz_id: str) -> None:
        """Archive a quiz."""
        self._nothing("DELETE", path_of("quizzes", quiz_id))
