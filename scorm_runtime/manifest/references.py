"""hrefs to paths: xml:base, percent-encoding, letter case, and an item's parameters."""

import posixpath
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote, unquote

from msgspec import Struct

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WEB = re.compile(r"(https?:)?//[^/]", re.IGNORECASE)
_REFERENCE = re.compile(r"([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_SAFE_IN_PATH = "/~!$&'()*+,;=@"
_SAFE_IN_QUERY = _SAFE_IN_PATH + ":?%"


class Reference(Struct, frozen=True, kw_only=True):
    """Where an href leads.

    `path` is the file in the package, `href` the URL reference from its root or an absolute URL;
    both are None when `problem` says why there is neither. `forgiven` names what was overlooked.
    """

    path: str | None = None
    href: str | None = None
    problem: str | None = None
    forgiven: tuple[str, ...] = ()


class Files:
    """The paths of a package's files, found in any letter case."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._exact = frozenset(paths)
        self._folded = {folded(path): path for path in sorted(self._exact, reverse=True)}

    def __contains__(self, path: object) -> bool:
        return path in self._exact

    def find(self, path: str) -> str | None:
        """The path as the package spells it."""
        return path if path in self._exact else self._folded.get(folded(path))


def folded(path: str) -> str:
    """What two spellings of one name have in common: letter case and composition aside."""
    return unicodedata.normalize("NFC", path).casefold()


class Base(Struct, frozen=True):
    """Folders that hrefs are relative to: as RFC 3986 has it, then as the author may mean it."""

    folders: tuple[str, ...]

    def joined(self, base: str | None) -> "Base":
        """Relative to this one: an xml:base. One without / at its end may still be a folder."""
        if not base:
            return self
        path = unquote(base.strip().replace("\\", "/"))
        if _WEB.match(path):
            return Base((path[: path.rfind("/") + 1],))
        strict = path[: path.rfind("/") + 1]
        ends = dict.fromkeys((strict, path if path.endswith("/") else path + "/"))
        return Base(tuple(_under(folder, end) for end in ends for folder in self.folders))


def resolve(written: str, base: Base, files: Files) -> Reference:
    """Where an href of a manifest leads; `written` is as it stands there."""
    href = written.strip().replace("\\", "/")
    forgiven = [
        *(["href_space"] if written != written.strip() else []),
        *(["href_backslash"] if "\\" in written else []),
    ]
    literal = _literal(href, base, files)
    if literal is not None:
        return Reference(path=literal, href=quoted(literal), forgiven=(*forgiven, "href_escaped"))
    if _WEB.match(href) or any(_WEB.match(folder) for folder in base.folders):
        return Reference(href=_under(base.folders[0], href), forgiven=("href_external",))
    if _SCHEME.match(href):
        return Reference(problem="href_scheme")
    return _inside(href, base, files, forgiven)


def _literal(href: str, base: Base, files: Files) -> str | None:
    """The file whose name is the href as it stands, though it has %, ?, # or a colon in it."""
    if not re.search("[%?#:]", href):
        return None
    places = (_clean(_under(folder, href)) for folder in base.folders)
    return next((place for place in places if place in files), None)


def _inside(href: str, base: Base, files: Files, forgiven: list[str]) -> Reference:
    path, query, fragment = _split(href)
    path = unquote(path)
    if path.startswith("/"):
        forgiven.append("href_absolute")
    places = [_clean(_under(folder, path)) for folder in base.folders]
    if not any(places):
        return Reference(problem="href_outside", forgiven=tuple(forgiven))
    for place in filter(None, places):
        found = files.find(place)
        if found is not None:
            forgiven += ["base_without_slash"] if place != places[0] else []
            forgiven += ["href_case"] if place != found else []
            href = quoted(found) + quote(query, safe=_SAFE_IN_QUERY) + _fragment(fragment)
            return Reference(path=found, href=href, forgiven=tuple(forgiven))
    return Reference(problem="missing", forgiven=tuple(forgiven))


def _under(folder: str, path: str) -> str:
    return path if _WEB.match(path) or path.startswith("/") else folder + path


def _clean(path: str) -> str | None:
    """Without . and ..; None when it leaves the package."""
    clean = posixpath.normpath(path.lstrip("/"))
    return None if clean == ".." or clean.startswith("../") else clean


def _split(href: str) -> tuple[str, str, str]:
    """Path, ?query and #fragment, each "" when it is missing."""
    found = _REFERENCE.fullmatch(href)
    return (found[1], found[2] or "", found[3] or "") if found else (href, "", "")


def quoted(path: str) -> str:
    """A path as part of a URL."""
    return quote(path, safe=_SAFE_IN_PATH)


def _fragment(fragment: str) -> str:
    return fragment and "#" + quote(fragment[1:], safe=_SAFE_IN_QUERY)


def with_parameters(href: str, parameters: str) -> str:
    """A resource's href with an item's parameters (CAM 2004, parameters).

    A query goes before the fragment, where a browser looks for it.
    """
    path, before, fragment = _split(href)
    query, mark, own_fragment = parameters.strip().lstrip("?&").partition("#")
    if query:
        before = (before + "&" if before else "?") + quote(query, safe=_SAFE_IN_QUERY)
    return path + before + (fragment or _fragment(mark + own_fragment))
