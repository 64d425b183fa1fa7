"""Write docs/api-coverage.md."""

from tests.api.coverage.document import ADDRESS, document

ADDRESS.write_text(document(), encoding="utf-8")
