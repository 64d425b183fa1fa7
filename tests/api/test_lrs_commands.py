"""`lyceum lrs`: credentials, export and import beside a running server and without one."""

import csv
import io
import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from aiohttp import encode_basic_auth

from api.errors import Refused
from api.record_store import cut_to_last_statement
from tests.commands import Told, lyceum
from tests.lrs.conftest import a_statement
from tests.lrs.messages import described
from tests.process import CREDENTIALS, LYCEUM, Served, environment, serving


class _Command:
    """`lyceum lrs` over a data folder."""

    def __init__(self, folder: Path) -> None:
        self._data = ("--data", str(folder / "data"), "--mongodb-cache", "0.25")

    def __call__(self, *arguments: str, given: bytes = b"") -> Told:
        return lyceum("lrs", *arguments, *self._data, given=given)

    def piped(self, *arguments: str) -> bytes:
        """What a process of its own writes into a pipe."""
        command = [str(LYCEUM), "lrs", *arguments, *self._data]
        done = subprocess.run(
            command, check=True, capture_output=True, env=environment({}), timeout=120
        )
        return done.stdout

    def ok(self, *arguments: str, given: bytes = b"") -> str:
        code, told, wrong = self(*arguments, given=given)
        assert code == 0, wrong
        return told

    def issued(self, *arguments: str) -> dict[str, str]:
        lines = self.ok("credential", *arguments).splitlines()
        return dict(line.split(maxsplit=1) for line in lines)


def _status(served: Served, issued: dict[str, str]) -> int:
    basic = encode_basic_auth(issued["Key"], issued["Secret"])
    header = f"Authorization: {basic}"
    version = "X-Experience-API-Version: 1.0.3"
    url = f"http://127.0.0.1:{served.port}/xapi/statements"
    asked = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", header, "-H", version]
    return int(subprocess.run([*asked, url], check=True, capture_output=True).stdout)


def _ndjson(statements: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in statements)


def test_everything_beside_a_running_server_and_without_one(roomy_path: Path) -> None:
    lrs = _Command(roomy_path)
    code, _, wrong = lrs("credential", "list")
    assert (code, wrong.startswith("This database holds no Lyceum yet")) == (1, True)
    with serving(roomy_path, **CREDENTIALS) as served:
        _credentials(lrs, served)
        sent = [a_statement(result={"score": {"scaled": n / 10}}) for n in range(10)]
        _import_twice(lrs, sent)
        _export_and_resume(lrs, roomy_path / "all.ndjson", sent)
        _archive(lrs, roomy_path / "all.tar")
        rows = lrs.ok("export", "-", "--columns", "id,result.score.scaled")
        assert list(csv.reader(io.StringIO(rows)))[3] == [sent[2]["id"], "0.2"]
        _refusals(lrs, roomy_path)
    assert len(lrs.piped("export", "-").splitlines()) == 11


def _credentials(lrs: _Command, served: Served) -> None:
    made = lrs.issued("create", "Tool", "--scope", "statements/read", "--expires", "2099-01-31")
    assert _status(served, made) == 200
    rotated = lrs.issued("rotate", made["Key"])
    assert rotated["Key"] == made["Key"]
    assert _status(served, rotated) == 200
    listed = {line.split("\t")[0]: line.split("\t") for line in _lines(lrs)}
    assert listed[made["Key"]][1::2] == ["active", "statements/read"]
    assert listed[made["Key"]][4] == "Tool"
    assert lrs.ok("credential", "revoke", made["Key"]) == "Tool is revoked.\n"
    assert [line for line in _lines(lrs) if "revoked" in line] != []
    code, told, wrong = lrs("credential", "revoke", "nobody")
    assert (code, told) == (1, "")
    assert wrong == "No xAPI credential has the key or the id nobody.\n"
    code, _, wrong = lrs("credential", "create", " ", "--scope", "everything")
    assert code == 1
    assert "/name must have" in wrong
    assert '/scopes "everything" is none of' in wrong


def _lines(lrs: _Command) -> list[str]:
    return lrs.ok("credential", "list").splitlines()


def _import_twice(lrs: _Command, sent: list[dict[str, Any]]) -> None:
    told = lrs.ok("import", "-", given=_ndjson(sent))
    assert told == "10 accepted, 0 unchanged, 0 conflict, 0 invalid.\n"
    bad = a_statement(verb=None)
    code, told, wrong = lrs("import", "-", "--from-line", "9", given=_ndjson([*sent, bad]))
    assert (code, told) == (1, "0 accepted, 2 unchanged, 0 conflict, 1 invalid.\n")
    assert wrong.startswith("line 11: invalid:")


def _export_and_resume(lrs: _Command, file: Path, sent: list[dict[str, Any]]) -> None:
    lrs.ok("export", str(file))
    whole = file.read_bytes()
    assert [json.loads(line)["id"] for line in whole.splitlines()] == [each["id"] for each in sent]
    file.write_bytes(whole[: len(whole) // 2 + 100])
    lrs.ok("export", str(file), "--resume")
    assert file.read_bytes() == whole
    lrs.ok("export", str(file), "--resume")
    assert file.read_bytes() == whole
    code, _, wrong = lrs("export", str(file))
    assert (code, "File exists" in wrong) == (1, True)
    some = lrs.ok("export", "-", "--where", "limit=2", "--where", f"after={_stored(whole, 6)}")
    assert [json.loads(line)["id"] for line in some.splitlines()] == [
        each["id"] for each in sent[7:9]
    ]


def _archive(lrs: _Command, file: Path) -> None:
    data = b"a photo"
    statement = a_statement(attachments=[described(data)])
    lines = {"statements/1.ndjson": json.dumps(statement).encode()}
    _write(file, lines)
    code, told, wrong = lrs("import", str(file), "--attachments")
    assert (code, told) == (1, "0 accepted, 0 unchanged, 0 conflict, 1 invalid.\n")
    assert "bytes are not stored here" in wrong
    sha2 = statement["attachments"][0]["sha2"]
    _write(
        file, {f"attachments/{sha2}": data, "statements/1.ndjson": json.dumps(statement).encode()}
    )
    told = lrs.ok("import", str(file), "--attachments")
    assert told == "1 accepted, 0 unchanged, 0 conflict, 0 invalid.\n"
    file.unlink()
    lrs.ok("export", str(file), "--attachments")
    with tarfile.open(file) as archive:
        assert archive.extractfile(f"attachments/{sha2}").read() == data  # type: ignore[union-attr]
    told = lrs.ok("import", str(file), "--attachments")
    assert told == "0 accepted, 11 unchanged, 0 conflict, 0 invalid.\n"


def _write(file: Path, members: dict[str, bytes]) -> None:
    with tarfile.open(file, "w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def _stored(ndjson: bytes, line: int) -> str:
    stored: str = json.loads(ndjson.splitlines()[line])["stored"]
    return stored


def _refusals(lrs: _Command, folder: Path) -> None:
    wrong_uses = {
        ("export", "-", "--where", "colour=red"): "A filter is NAME=VALUE",
        ("export", "-", "--where", "verb=red"): "verb must be an IRI",
        ("export", "-", "--columns", "ids"): "must begin with one of",
        ("export", "-", "--resume"): "Only an NDJSON file",
        ("export", "-", "--csv", "--attachments"): "CSV holds no attachments",
        ("import", str(folder / "nothing")): "cannot be opened: No such file",
        ("credential", "create", "x", "--authority", "{"): "The authority is not JSON",
    }
    for arguments, detail in wrong_uses.items():
        code, _, wrong = lrs(*arguments)
        assert code == 1, arguments
        assert detail in wrong
        assert "Traceback" not in wrong


@pytest.mark.parametrize(
    ("content", "kept", "stored"),
    [
        (b"", b"", None),
        (b'{"stored": "1"', b"", None),
        (b'{"stored": "1"}\n', b'{"stored": "1"}\n', "1"),
        (b'{"stored": "1"}\n{"stored": "2"}\n{"sto', b'{"stored": "1"}\n{"stored": "2"}\n', "2"),
    ],
)
def test_a_cut_file_is_gone_on_with_after_its_last_whole_line(
    tmp_path: Path, content: bytes, kept: bytes, stored: str | None
) -> None:
    path = tmp_path / "export.ndjson"
    path.write_bytes(content)
    assert cut_to_last_statement(path) == stored
    assert path.read_bytes() == kept


@pytest.mark.parametrize("notes", ["some notes\n", "some notes", "{}\nsome notes"])
def test_a_file_of_something_else_is_left_alone(tmp_path: Path, notes: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(notes)
    with pytest.raises(Refused):
        cut_to_last_statement(path)
    assert path.read_text() == notes


def test_a_file_that_is_not_there_is_begun(tmp_path: Path) -> None:
    assert cut_to_last_statement(tmp_path / "new.ndjson") is None
