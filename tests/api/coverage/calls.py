"""What a test really calls: the methods and paths in its source, and in what it uses."""

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
ROOT = TESTS.parent
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})
BY_NAME: Mapping[str, str] = {
    **{method.lower(): method for method in METHODS},
    "make": "POST",
}
HOLE = "\0"
"""Stands in a path for what only a run can tell."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Named = Function | ast.ClassDef | ast.Assign | ast.AnnAssign
EVERYBODY = ""
SENDING = {*BY_NAME, "call"}
"""The callers of the API send what they are given; nothing is to be found in them."""
ROUNDS = 3
MOST = 200


@dataclass(frozen=True, slots=True)
class Said:
    """What a test says, with what it uses: texts; and the methods with the paths beside them."""

    texts: frozenset[str]
    calls: frozenset[tuple[str, str]]

    def asks(self, method: str, pattern: str) -> bool:
        """Whether it calls a route."""
        route = re.compile(re.sub(r"{[^}]*}", "[^/]+", pattern))
        return any(each == method and route.fullmatch(path) for each, path in self.calls)

    def mentions(self, word: str) -> bool:
        """Whether it speaks of a code or an event."""
        return word in self.texts


@cache
def said_by(test: str) -> Said:
    """What a test says, named `api/test_courses.py::test_it` under the folder of the tests.

    Raises:
        LookupError: there is no such test.
    """
    file, _, name = test.partition("::")
    path = TESTS / file
    if not path.is_file() or not name.startswith("test_"):
        raise LookupError(f"{test}: no such test")
    names = _names_of(path)
    if not any(isinstance(each, Function) for each in names.get(name, ())):
        raise LookupError(f"{test}: no such test")
    return _said(_used(names, name))


def _used(names: Mapping[str, list[Named]], first: str) -> list[Named]:
    """The definition of a name, and those of all names that it uses."""
    seen, waiting, found = {first}, [first], list[Named]()
    while waiting:
        for definition in names[waiting.pop()]:
            found.append(definition)
            fresh = {each for each in _words(definition) if each in names} - seen - SENDING
            seen |= fresh
            waiting += fresh
    return found


def _words(definition: ast.AST) -> Iterator[str]:
    for node in ast.walk(definition):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _names_of(path: Path) -> dict[str, list[Named]]:
    """What a module of tests defines, with its fixtures and the test modules that it imports."""
    modules = [each for each in (path, path.parent / "conftest.py") if each.is_file()]
    for each in modules:
        modules += [found for found in _imported(each) if found not in modules]
    names: dict[str, list[Named]] = {}
    for module in modules:
        for name, definition in _definitions(_tree(module)):
            names.setdefault(name, []).append(definition)
    return names


def _imported(path: Path) -> Iterator[Path]:
    for node in _tree(path).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests."):
            found = ROOT / f"{str(node.module).replace('.', '/')}.py"
            if found.is_file():
                yield found


def _definitions(tree: ast.Module) -> Iterator[tuple[str, Named]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name, ast.ClassDef(node.name, node.bases, node.keywords, [], [])
            yield from ((each.name, each) for each in node.body if isinstance(each, Function))
        elif isinstance(node, Function):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            yield from ((each.id, node) for each in node.targets if isinstance(each, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node


def _said(definitions: list[Named]) -> Said:
    names = Names(definitions)
    nodes = [(_scope(each), node) for each in definitions for node in ast.walk(each)]
    texts = {text for scope, node in nodes for text in names.written(node, scope)}
    calls = [
        called
        for scope, node in nodes
        if isinstance(node, ast.Call)
        for called in _called(node, scope, names)
    ]
    return Said(frozenset(texts), frozenset(calls))


def _called(call: ast.Call, scope: str, names: "Names") -> Iterator[tuple[str, str]]:
    """The methods and paths that a call may send."""
    given = {text for each in call.args for text in names.written(each, scope)}
    named = {BY_NAME[each] for each in (_name(call.func),) if each in BY_NAME}
    yield from itertools.product(METHODS & given or named, filter(None, map(_path, given)))


def _path(text: str) -> str | None:
    """The path of a text under the API's address, without a query."""
    path = text.partition("?")[0].removeprefix("/api/v1")
    return path if path.startswith("/") and " " not in path else None


def _scope(definition: Named) -> str:
    """Whose variables the names of a definition are; those of a module are everybody's."""
    return definition.name if isinstance(definition, Function) else EVERYBODY


def _name(node: ast.AST) -> str:
    name: str = getattr(node, "attr", getattr(node, "id", ""))
    return name


Bound = tuple[str, str, ast.AST, str]
"""A name in a scope, and an expression for its value in another."""


class Names:
    """The texts that names may stand for: of variables, parameters, and what functions return."""

    def __init__(self, definitions: list[Named]) -> None:
        nodes = [(_scope(each), node) for each in definitions for node in ast.walk(each)]
        self._known: dict[tuple[str, str], set[str]] = {}
        self._functions = {
            node.name: (node, scope) for scope, node in nodes if isinstance(node, Function)
        }
        bound = [each for scope, node in nodes for each in self._bound(node, scope)]
        for _ in range(ROUNDS):
            for scope, name, value, of in bound:
                self._known.setdefault((scope, name), set()).update(self.written(value, of))

    def written(self, node: ast.AST, scope: str) -> set[str]:
        """The texts that an expression may be."""
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.Name(id=name):
                return self._known.get((scope, name)) or self._known.get((EVERYBODY, name), set())
            case ast.Attribute(attr=name):
                return self._known.get((EVERYBODY, name), set())
            case ast.FormattedValue(value=value):
                return {HOLE, *self.written(value, scope)}
            case ast.JoinedStr(values=values):
                parts = itertools.product(*(sorted(self.written(each, scope)) for each in values))
                return {"".join(each) for each in itertools.islice(parts, MOST)}
        return set()

    def _bound(self, node: ast.AST, scope: str) -> Iterator[Bound]:
        match node:
            case ast.Assign(targets=[target], value=value):
                yield from _unpacked(target, value, scope)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield from _unpacked(target, value, scope)
            case ast.For() | ast.comprehension():
                for each in getattr(node.iter, "elts", ()):
                    yield from _unpacked(node.target, each, scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                values = (each.value for each in ast.walk(node) if isinstance(each, ast.Return))
                yield from ((EVERYBODY, node.name, each, scope) for each in values if each)
                yield from ((scope, name, each, scope) for name, each in _defaults(node.args))
            case ast.Call():
                yield from self._given(node, scope)

    def _given(self, call: ast.Call, scope: str) -> Iterator[Bound]:
        """The parameters that a call gives values, and these."""
        called = _name(call.func)
        if called == "parametrize":
            target = _parameters(call.args[0])
            for each in getattr(call.args[1], "elts", ()):
                yield from _unpacked(target, each, scope)
        elif called in self._functions:
            function, inner = self._functions[called]
            parameters = [each.arg for each in function.args.args if each.arg != "self"]
            given = [*zip(parameters, call.args, strict=False)]
            given += [(each.arg, each.value) for each in call.keywords if each.arg]
            yield from ((inner, name, value, scope) for name, value in given)


def _defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    names = [each.arg for each in arguments.args]
    yield from zip(reversed(names), reversed(arguments.defaults), strict=False)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default:
            yield argument.arg, default


def _parameters(names: ast.expr) -> ast.expr:
    """The parameters that a test is run with, as a target of assignments."""
    several = [ast.Name(str(ast.literal_eval(each))) for each in getattr(names, "elts", ())]
    return ast.Tuple(list[ast.expr](several)) if several else ast.Name(ast.literal_eval(names))


def _unpacked(target: ast.AST, value: ast.AST, scope: str) -> Iterator[Bound]:
    if isinstance(target, ast.Name):
        yield scope, target.id, value, scope
    elif isinstance(target, ast.Attribute):
        yield EVERYBODY, target.attr, value, scope
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for each, given in zip(target.elts, value.elts, strict=False):
            yield from _unpacked(each, given, scope)
