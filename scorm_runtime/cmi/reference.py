"""The integrators' page of the data models, written from the tables.

`python -m scorm_runtime.cmi.reference > docs/integrators/data-models.md` renews it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from scorm_runtime.cmi import scorm2004_table as scorm2004
from scorm_runtime.cmi import scorm2004_types as types2004
from scorm_runtime.cmi import table as scorm12

_HEAD = """\
# The data models

What a SCO can read and set: every element of SCORM 1.2 and SCORM 2004 with its access, its types,
its default, its limits and the error codes that a call may leave behind. `n` stands for an index,
which counts from 0 and may name an existing record or, to set it, the next one.

`scorm_runtime/cmi/scorm12.json` and `scorm2004.json` are the tables that the model in the browser
and the one on the server are both fed from; this page is written from them by
`python -m scorm_runtime.cmi.reference`.
"""
_ACCESS = {"ro": "read", "wo": "write", "rw": "read, write"}


def reference() -> str:
    """The page, in Markdown."""
    return "\n".join([_HEAD, *_of_scorm12(scorm12.SCORM12), *_of_scorm2004(scorm2004.SCORM2004)])


def _of_scorm12(table: scorm12.Table) -> Iterator[str]:
    yield f"## {table.standard}\n\n### Elements\n"
    yield _rows(
        ("element", "access", "types", "default", "GetValue", "SetValue", "more"),
        (
            (
                _code(each.name),
                _ACCESS[each.access],
                _listed(each.types),
                _code(each.default),
                _listed(_get_errors_12(each, table)),
                _listed(_set_errors_12(each, table)),
                _more_12(each),
            )
            for each in table.elements
        ),
    )
    yield f"{_limit(table.max_size)}\n\n### Types\n"
    yield _rows(
        ("type", "takes"), ((_code(name), _type_12(kind)) for name, kind in table.types.items())
    )
    yield from _rest(table.keywords, table.collections, table.messages)


def _get_errors_12(element: scorm12.Element, table: scorm12.Table) -> Iterator[str]:
    if element.access == "wo":
        yield table.conditions["write_only"]
    elif ".n." in element.name:
        yield table.conditions["index"]


def _set_errors_12(element: scorm12.Element, table: scorm12.Table) -> Iterator[str]:
    if element.access == "ro":
        yield table.conditions["read_only"]
        return
    if ".n." in element.name:
        yield table.conditions["index"]
    yield table.conditions["type"]


def _more_12(element: scorm12.Element) -> str:
    said = ["what is set is appended"] if element.append else []
    if element.types_by is not None:
        decided = (f"`{value}` {_listed(k)}" for value, k in element.types_by.types.items())
        said.append(f"by `{element.types_by.element}`: " + "; ".join(decided))
    return "; ".join(said)


def _type_12(kind: scorm12.DataType) -> str:
    said = [*_words(kind.vocabulary), *_range(kind.minimum, kind.maximum), *_pattern(kind.pattern)]
    if kind.max_length is not None:
        said.append(f"at most {kind.max_length:,} characters")
    return "; ".join(said)


def _of_scorm2004(table: scorm2004.Table) -> Iterator[str]:
    yield f"## {table.standard}\n\n### Elements\n"
    yield (
        "The limit is the smallest permitted maximum (SPM): what is longer is taken all the same. "
        "What has no default answers 403 until it is set.\n"
    )
    yield _rows(
        ("element", "access", "types", "default", "limit", "GetValue", "SetValue", "more"),
        (
            (
                _code(each.name),
                _ACCESS[each.access],
                _listed(each.types) or "by the interaction's type",
                "" if each.default is None else _code(each.default),
                "" if each.spm is None else f"{each.spm:,}",
                _listed(_get_errors_2004(each)),
                _listed(_set_errors_2004(each, table)),
                "; ".join(_more_2004(each)),
            )
            for each in table.elements
        ),
    )
    yield _limit(table.max_size) + "\n"
    yield from _by_interaction(table)
    yield "### Types\n"
    yield _rows(
        ("type", "takes"), ((_code(name), _type_2004(kind)) for name, kind in table.types.items())
    )
    yield from _rest(table.keywords, table.collections, table.messages)


def _get_errors_2004(element: scorm2004.Element) -> Iterator[str]:
    if element.access == "wo":
        yield "405"
        return
    if ".n." in element.name:
        yield "301"
    if element.default is None:
        yield "403"


def _set_errors_2004(element: scorm2004.Element, table: scorm2004.Table) -> Iterator[str]:
    if element.access == "ro":
        yield "404"
        return
    responses = element.by_type.values()
    names = (*element.types, *(name for each in responses for name in each.types))
    kinds = [table.types[name] for name in names]
    limited = any(each.unique or each.count is not None for each in responses)
    if ".n." in element.name or element.unique or element.once or limited:
        yield "351"
    if any(kind != types2004.DataType() for kind in kinds):
        yield "406"
    if any(kind.minimum is not None or kind.maximum is not None for kind in kinds):
        yield "407"
    if element.requires:
        yield "408"


def _more_2004(element: scorm2004.Element) -> Iterator[str]:
    if element.since != "2nd Edition":
        yield f"since the {element.since}"
    if element.requires:
        yield f"after {_listed(element.requires)}"
    if element.unique:
        yield "no two records of one meaning"
    if element.once:
        yield "set once"
    if element.empty_is_unset:
        yield "set to nothing it holds no value"
    if not element.grows:
        yield "the manifest says which records there are"
    if element.derived is not None:
        low, high = element.derived.values
        yield (
            f"where there is `{element.derived.at_least}`: `{high}` from there on in "
            f"`{element.derived.by}`, `{low}` below"
        )
    for edition, limit in element.spm_before.items():
        yield f"limit in the {edition}: {limit:,}"
    for edition, kinds in element.types_before.items():
        yield f"in the {edition}: {_listed(kinds)}"


def _by_interaction(table: scorm2004.Table) -> Iterator[str]:
    for element in table.elements:
        if element.by_type:
            yield f"### `{element.name}`\n"
            yield _rows(
                ("`type` of the interaction", "types", "more"),
                (
                    (_code(name), _listed(each.types), "; ".join(_more_response(each)))
                    for name, each in element.by_type.items()
                ),
            )


def _more_response(response: scorm2004.Response) -> Iterator[str]:
    if response.count is not None:
        yield f"at most {response.count}"
    if response.unique:
        yield "no two of one meaning"


def _type_2004(kind: types2004.DataType) -> str:
    said = [*_words(kind.vocabulary), *_range(kind.minimum, kind.maximum), *_pattern(kind.pattern)]
    if kind.language:
        said.append("a language tag (RFC 1766) whose language is in ISO 639, or nothing")
    for name, prefix in kind.prefixes.items():
        said.append(
            f"may begin with `{{{name}=…}}` ({prefix.type}), without which it is `{prefix.default}`"
        )
    if kind.rest is not None:
        said.append(f"then {kind.rest}")
    if kind.separator is not None:
        what = " and ".join(kind.parts) if kind.parts else f"any number of {kind.item}"
        said.append(f"{what}, separated by `{kind.separator}`")
    said += [word for word, holds in _manners(kind).items() if holds]
    return "; ".join(said) or "any text"


def _manners(kind: types2004.DataType) -> dict[str, bool]:
    return {
        "none of them twice": kind.distinct,
        "equal in any order": kind.unordered,
        "none below the one before": kind.ascending,
    }


def _rest(
    keywords: Mapping[str, str], collections: Sequence[str], messages: Mapping[str, str]
) -> Iterator[str]:
    yield "### Keywords\n"
    yield f"`_count` is an element of {_listed(collections)}.\n"
    yield _rows(("element", "value"), ((_code(k), _code(v)) for k, v in keywords.items()))
    yield "### Error codes\n"
    yield _rows(("code", "meaning"), messages.items())


def _limit(size: int) -> str:
    return f"All names and values together may have {size:,} characters."


def _words(vocabulary: Sequence[str] | None) -> list[str]:
    if vocabulary is None:
        return []
    return [", ".join(f"`{word}`" if word else "nothing" for word in vocabulary)]


def _range(minimum: float | None, maximum: float | None) -> list[str]:
    low = [] if minimum is None else [f"from {minimum:g}"]
    high = [] if maximum is None else [f"to {maximum:g}"]
    return [" ".join([*low, *high])] if low or high else []


def _pattern(pattern: str | None) -> list[str]:
    return [] if pattern is None else [f"`{pattern}`"]


def _code(text: str) -> str:
    return f"`{text}`" if text else "nothing"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    cells = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


if __name__ == "__main__":
    print(reference(), end="")
