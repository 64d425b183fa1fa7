"""Printing: HTML and CSS to PDF and to pictures, beside the loop, with the fonts of all scripts."""

from content.printing.documents import Printable
from content.printing.press import Press

__all__ = ["Press", "Printable"]
