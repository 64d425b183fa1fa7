"""The fonts that come with the product, and in which order they are asked for a character."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

PACKAGES: Final = (
    "fontpkg_eb_garamond",
    "fontpkg_heebo",
    "fontpkg_noto_sans",
    "fontpkg_noto_sans_arabic",
    "fontpkg_noto_sans_devanagari",
    "fontpkg_noto_sans_thai",
    "fontpkg_noto_serif",
    "noto_cjk_sans_jp_bold",
    "noto_cjk_sans_otc",
)
FALLBACKS: Final = (
    "Noto Sans",
    "Noto Sans Arabic",
    "Heebo",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
)
GENERIC: Final = {"serif": "Noto Serif", "sans-serif": "Noto Sans", "cursive": "EB Garamond"}
HAN: Final = {
    "ja": "Noto Sans CJK JP",
    "ko": "Noto Sans CJK KR",
    "zh-hk": "Noto Sans CJK HK",
    "zh-mo": "Noto Sans CJK HK",
    "zh-tw": "Noto Sans CJK TC",
    "zh": "Noto Sans CJK SC",
}
"""The same characters are drawn otherwise in each of these languages."""
HAN_OTHERWISE: Final = "Noto Sans CJK SC"
HAN_BOLD: Final = "Noto Sans CJK JP"
"""The one that is bold: it holds the forms of all these languages, and is told which to draw."""
BOLD: Final = 180
"""Demibold, as fontconfig counts: 600 in CSS."""
OF_THE_SYSTEM: Final = ("/usr/share/fonts", "/usr/local/share/fonts")


def configuration(cache: Path) -> str:
    """What fontconfig is told: ours first; the system's where ours lack a character."""
    directories = [*map(str, _directories()), *OF_THE_SYSTEM]
    rules = [
        *(f"<dir>{escape(each)}</dir>" for each in directories),
        f"<cachedir>{escape(str(cache))}</cachedir>",
        *(_generic(name, family) for name, family in GENERIC.items()),
        *(_by_language(language, family) for language, family in HAN.items()),
        _match("", *FALLBACKS),
        _match(_weight("more_eq"), HAN_BOLD),
        _match(_weight("less"), HAN_OTHERWISE),
    ]
    inner = "\n".join(rules)
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
        f"<fontconfig>\n{inner}\n</fontconfig>\n"
    )


def _directories() -> Iterator[Path]:
    for package in PACKAGES:
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            yield Path(spec.origin).parent


def _generic(name: str, family: str) -> str:
    return (
        f"<alias binding='same'><family>{name}</family><prefer>{_family(family)}</prefer></alias>"
    )


def _by_language(language: str, family: str) -> str:
    test = f"<test name='lang' compare='contains'><string>{language}</string></test>"
    return _match(test + _weight("less"), family)


def _weight(compare: str) -> str:
    return f"<test name='weight' compare='{compare}'><int>{BOLD}</int></test>"


def _match(tests: str, *families: str) -> str:
    return f"<match target='pattern'>{tests}{''.join(map(_last, families))}</match>"


def _last(family: str) -> str:
    return f"<edit name='family' mode='append_last'><string>{family}</string></edit>"


def _family(name: str) -> str:
    return f"<family>{name}</family>"
