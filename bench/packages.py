"""The import of a 200 MB package: how long it takes, and how much the server grows meanwhile.

Run as `python -m bench.packages`. The zip is sent to all of Lyceum as a browser would send it.
"""

import http.client
import json
import random
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from api.mongod import Mongod
from bench.processes import Server, server
from bench.rows import COLUMNS, MemoryRow, show
from bench.server import ADMIN_EMAIL, ADMIN_PASSWORD

MIB: Final = 2**20
SIZE: Final = 200 * MIB
MOST_GROWTH: Final = 64 * MIB
MOST_SECONDS: Final = 10
BOUNDARY: Final = "bench-boundary"
MANIFEST: Final = """<manifest identifier="m"
  xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>Bench</title>
<item identifier="i" identifierref="r"><title>Bench</title></item></organization></organizations>
<resources><resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="index.html"/>
</resources></manifest>"""


class Caller:
    """The administrator."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._token = ""
        signed_in = self.post("auth/sign-in", {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD})
        self._token = signed_in["attributes"]["access_token"]

    def post(self, path: str, body: Any, kind: str = "application/json", size: int = 0) -> Any:
        """Send JSON, or a body of that kind and size; what was made."""
        sent = json.dumps(body).encode() if kind == "application/json" else body
        headers = {"Content-Type": kind, "Content-Length": str(size or len(sent))}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port)
        connection.request("POST", f"/api/v1/{path}", sent, headers)
        answer = connection.getresponse()
        read = answer.read()
        if answer.status != 201:
            raise ValueError(f"{answer.status}: {read[:500].decode()}")
        connection.close()
        return json.loads(read)["data"]

    def upload(self, archive: BinaryIO, size: int, course_id: str, module_id: str) -> None:
        """Send a zip as a form."""
        fields = {"course_id": course_id, "module_id": module_id}
        start = "".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ) + (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n'
            "Content-Type: application/zip\r\n\r\n"
        )
        end = f"\r\n--{BOUNDARY}--\r\n"
        whole = len(start) + size + len(end)
        body = _body(start.encode(), archive, end.encode())
        self.post("scorm/upload", body, f"multipart/form-data; boundary={BOUNDARY}", whole)


def _body(start: bytes, archive: BinaryIO, end: bytes) -> Iterator[bytes]:
    yield start
    while block := archive.read(MIB):
        yield block
    yield end


def write(archive: BinaryIO, size: int) -> int:
    """Write a package whose files have so many bytes; how large its zip is."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("imsmanifest.xml", MANIFEST)
        package.writestr("index.html", "<h1>Bench</h1>")
        for number in range(size // MIB):
            data = random.Random(number).randbytes(MIB)  # noqa: S311
            package.writestr(f"media/{number}.mp4", data)
    length = archive.tell()
    archive.seek(0)
    return length


def measure(uri: str) -> MemoryRow:
    """Import a small package to warm up, then the large one."""
    with server(uri, "composed", "packages") as composed, tempfile.TemporaryFile() as archive:
        caller = Caller(composed)
        course = caller.post("courses", {"title": "Bench"})["id"]
        module = caller.post(f"courses/{course}/modules", {"title": "Bench"})["id"]
        with tempfile.TemporaryFile() as small:
            caller.upload(small, write(small, MIB), course, module)
        size = write(archive, SIZE)
        before = composed.memory()
        began = time.perf_counter()
        caller.upload(archive, size, course, module)
        took = time.perf_counter() - began
        held = "under" if took < MOST_SECONDS else "not under"
        figure = f"import of {size // MIB} MiB in {took:.1f} s ({held} {MOST_SECONDS} s): growth"
        return MemoryRow(figure, composed.peak() - before, MOST_GROWTH)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="lyceum-bench-") as folder, Mongod(Path(folder)) as db:
        show("Packages", COLUMNS, [measure(db.uri).cells()])


if __name__ == "__main__":
    main()
