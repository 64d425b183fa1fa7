"""The courses of a path as a graph: which must come before which, and what is wrong with that."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from content.findings import Finding


class PathCourse(Struct, frozen=True, kw_only=True):
    """A course of a path; `prerequisites` are the ids of courses of the path that come before."""

    course_id: str
    required: bool = True
    prerequisites: tuple[str, ...] = ()


def broken(courses: Sequence[PathCourse]) -> list[Finding]:
    """Courses named twice, prerequisites that are not there, and circles, each at its place."""
    known = {each.course_id for each in courses}
    found = []
    for index, course in enumerate(courses):
        earlier = [each.course_id for each in courses[:index]]
        if course.course_id in earlier:
            where = f"courses/{index}/course_id"
            found.append(Finding(where=where, detail=f"{course.course_id} is named twice"))
        found += _strange(index, course, known)
    return found + _circles(courses)


def available(courses: Sequence[PathCourse], completed: Collection[str]) -> list[str]:
    """The courses that are not completed and whose prerequisites are, in order."""
    return [
        each.course_id
        for each in courses
        if each.course_id not in completed and set(each.prerequisites) <= set(completed)
    ]


def locked(courses: Sequence[PathCourse], completed: Collection[str]) -> list[str]:
    """The courses that are not completed and have to wait, in order."""
    waiting = set(available(courses, completed)) | set(completed)
    return [each.course_id for each in courses if each.course_id not in waiting]


def _strange(index: int, course: PathCourse, known: Collection[str]) -> Iterator[Finding]:
    for place, each in enumerate(course.prerequisites):
        where = f"courses/{index}/prerequisites/{place}"
        if each not in known:
            yield Finding(where=where, detail=f"{each} is not a course of this path")
        elif each in course.prerequisites[:place]:
            yield Finding(where=where, detail=f"{each} is named twice")


def _circles(courses: Sequence[PathCourse]) -> list[Finding]:
    """A finding for each prerequisite that closes a circle of the ones before it."""
    needs = {each.course_id: each.prerequisites for each in reversed(courses)}
    found = []
    for index, course in enumerate(courses):
        for place, each in enumerate(course.prerequisites):
            if chain := _chain(needs, each, course.course_id):
                detail = f"makes a circle: {' needs '.join((course.course_id, *chain))}"
                found.append(Finding(where=f"courses/{index}/prerequisites/{place}", detail=detail))
    return found


def _chain(needs: Mapping[str, Sequence[str]], start: str, end: str) -> tuple[str, ...]:
    """The shortest way from a course to one that it needs, both included; empty without one."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    for way in ways:
        if way[-1] == end:
            return way
        onward = [each for each in needs.get(way[-1], ()) if each not in seen]
        seen.update(onward)
        ways += [(*way, each) for each in onward]
    return ()
