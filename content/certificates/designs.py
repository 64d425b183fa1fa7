"""Designs: what a certificate looks like, kept as it was on the day of its issue.

A template changes; the design that certificates were issued by does not. Equal designs are kept
once: a design's id is the digest of what is in it.
"""

import hashlib
from functools import cache
from importlib.resources import files as resources
from typing import ClassVar, Final

import msgspec
from msgspec import Struct

from content.certificates import images
from content.certificates.templates import Template
from content.documents import Document
from content.identity import now
from content.store import Store


class BuiltIn(Struct, frozen=True, kw_only=True):
    """A design that comes with the product, to use as it is or to begin from."""

    name: str
    description: str
    html_template: str
    css_styles: str
    orientation: str
    language: str = "en"


class Look(Struct, frozen=True, kw_only=True):
    """What is printed: HTML with variables, styles, paper, and images as `data:` addresses.

    `language` is that of the words in it; None: there are none, or they are the reader's.
    """

    html: str
    css: str
    paper: str = "A4"
    orientation: str = "landscape"
    logo: str = ""
    signature: str = ""
    language: str | None = None


class Design(Document, frozen=True, kw_only=True):
    """A look as certificates were issued by it."""

    kind: ClassVar[str] = "certificate_design"

    look: Look


_BUILT_IN: Final = {
    "classic": ("Two frames, a seal and a line for the signature", "landscape"),
    "modern": ("A band of colour with the logo, the facts in a row", "landscape"),
    "honour": ("Dark green with a rosette behind the name", "landscape"),
    "plain": ("A quiet page like a letter", "portrait"),
}


@cache
def built_in() -> tuple[BuiltIn, ...]:
    """The designs that come with the product, the usual one first."""
    folder = resources("content.certificates") / "built_in"
    return tuple(
        BuiltIn(
            name=name,
            description=description,
            html_template=(folder / f"{name}.html").read_text("utf-8"),
            css_styles=(folder / f"{name}.css").read_text("utf-8"),
            orientation=orientation,
        )
        for name, (description, orientation) in _BUILT_IN.items()
    )


async def look_of(store: Store, organization_id: str, template: Template | None) -> Look:
    """What a template looks like now; without one, the usual built-in design."""
    if template is None:
        usual = built_in()[0]
        return Look(
            html=usual.html_template,
            css=usual.css_styles,
            orientation=usual.orientation,
            language=usual.language,
        )
    return Look(
        html=template.html_template,
        css=template.css_styles,
        paper=template.paper_size,
        orientation=template.orientation,
        logo=await images.address(store, organization_id, template.logo_file_id),
        signature=await images.address(store, organization_id, template.signature_file_id),
        language=template.language,
    )


async def keep(store: Store, organization_id: str, look: Look) -> str:
    """The id of the design that looks so, which is kept from now on."""
    digest = hashlib.sha256(msgspec.msgpack.encode(look)).hexdigest()
    design_id, moment = f"{organization_id}/{digest}", now()
    await store.of(Design).insert_new(
        [
            Design(
                id=design_id,
                organization_id=organization_id,
                created_at=moment,
                updated_at=moment,
                look=look,
            )
        ]
    )
    return design_id


async def get(store: Store, organization_id: str, design_id: str | None) -> Look:
    """The look with which a certificate was issued; the usual one for those before there were any.

    Raises NotFound.
    """
    if design_id is None:
        return await look_of(store, organization_id, None)
    return (await store.of(Design).get(organization_id, design_id)).look
