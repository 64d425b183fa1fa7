"""The player's pages."""

from typing import Any, Final

import jinja2

_TEMPLATES: Final = jinja2.Environment(
    loader=jinja2.PackageLoader("scorm_runtime", "player"), autoescape=True
)


def render(name: str, **values: Any) -> str:
    """A page as text."""
    return _TEMPLATES.get_template(name).render(**values)
