"""Checks a package offline: its files, its signatures, and every statement's place in the chain."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final
from zipfile import BadZipFile, ZipFile

import jwt
import msgspec
import orjson

from content.compliance.evidence_packages import badge_checking
from content.compliance.evidence_packages.archive import (
    BADGE_KEYS,
    KEY,
    MANIFEST,
    SIGNATURE,
    pem,
)
from lrs.ledger import receipts
from lrs.ledger.links import Key, Link, SignedLink
from lrs.ledger.proofs import Proof, holds
from lrs.ledger.receipts import Receipt
from lrs.ledger.source import Entry, json_digest, statement_digest
from lrs.timestamps import parse_timestamp

MOST_PROBLEMS: Final = 1000
UNREADABLE: Final = (BadZipFile, KeyError, jwt.PyJWTError, msgspec.MsgspecError, ValueError)
_PART: Final = 2**18


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with which file."""

    where: str
    detail: str

    def __str__(self) -> str:
        return f"{self.where}: {self.detail}"


class Checked(msgspec.Struct, kw_only=True):
    """What a package is about, who signed it, how much of it is proven, and what is wrong.

    `breaks` are the links at which the chain began anew, by a key after a lost one.
    """

    title: str = ""
    organization: str = ""
    public_key: str = ""
    first_key: str = ""
    statements: int = 0
    proven: int = 0
    problems: list[Problem] = []
    breaks: list[int] = []

    def wrong(self, where: str, detail: str) -> None:
        """Note a problem, one of the first MOST_PROBLEMS."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(where, detail))


def check(path: Path, receipt: Receipt | None = None) -> Checked:
    """Check a package; with a receipt of before, also whether the same chain is behind it."""
    checked = Checked()
    try:
        with ZipFile(path) as zipped:
            _Checking(zipped, checked).run(receipt)
    except UNREADABLE as error:
        checked.wrong(path.name, f"is no evidence package: {error}")
    return checked


class _Checking:
    def __init__(self, zipped: ZipFile, checked: Checked) -> None:
        self._zip, self._checked = zipped, checked
        self._links: dict[int, Link] = {}
        self._keys: dict[str, str] = {}

    def run(self, receipt: Receipt | None) -> None:
        """Check everything."""
        about = orjson.loads(self._zip.read("package.json"))
        checked = self._checked
        checked.title, checked.organization = about["title"], about["organization"]["id"]
        self._signed_links()
        self._manifest()
        self._receipts(receipt)
        statements = self._entries("statements", _statement)
        found = self._proven("statements", statements, "statement-proofs", "statements")
        self._proven("audit", self._entries("audit", _audited), "audit-proofs", about["audit_log"])
        self._evidence(found)
        self._certificates()

    def _signed_links(self) -> None:
        """Each link is signed by a key that the one before it vouches for."""
        last = ""
        for line in self._lines("links"):
            signed = msgspec.json.decode(line, type=SignedLink)
            link = signed.link
            if isinstance(link.content, Key) and link.number == 1:
                self._keys[link.key] = link.content.public
                self._checked.first_key = link.content.public
            if isinstance(link.content, Key) and link.content.lost:
                self._keys[link.key] = link.content.public
                self._checked.breaks.append(link.number)
            public = self._keys.get(link.key, "")
            if not signed.is_signed_by(bytes.fromhex(public)):
                self._checked.wrong("links.ndjson", f"link {link.number} is not rightly signed")
                continue
            if link.organization != self._checked.organization:
                self._checked.wrong("links.ndjson", f"link {link.number} is another organization's")
                continue
            if isinstance(link.content, Key):
                self._keys[link.content.id] = last = link.content.public
            self._links[link.number] = link
        self._checked.public_key = last

    def _manifest(self) -> None:
        written = self._zip.read(MANIFEST)
        signed = SignedLink(body=written, signature=self._zip.read(SIGNATURE))
        if not signed.is_signed_by(bytes.fromhex(self._checked.public_key)):
            self._checked.wrong(MANIFEST, "is not signed by the key of the chain")
        if self._zip.read(KEY) != pem(self._checked.public_key):
            self._checked.wrong(KEY, "is not the key of the chain")
        said = dict(line.split("  ", 1)[::-1] for line in written.decode().splitlines())
        there = set(self._zip.namelist()) - {MANIFEST, SIGNATURE}
        for name in sorted(there ^ said.keys()):
            told = "is not in the manifest" if name in there else "is not there"
            self._checked.wrong(name, told)
        for name in sorted(there & said.keys()):
            if self._hash(name) != said[name]:
                self._checked.wrong(name, "is not what the manifest says")

    def _receipts(self, kept: Receipt | None) -> None:
        """The package's own receipt, and one that was kept, are of this chain."""
        own = receipts.read(self._zip.read("receipt.json"))
        for name, each in (("receipt.json", own), ("the receipt", kept)):
            if each is None:
                continue
            link = receipts.signed_by(each).link
            if each.organization != self._checked.organization:
                self._checked.wrong(name, "is another organization's")
            elif each.public_key not in self._keys.values():
                self._checked.wrong(name, "is signed by a key that is not of this chain")
            elif self._links.get(link.number, link) != link:
                self._checked.wrong(name, f"knows another link {link.number}")

    def _proven(self, name: str, entries: Iterator[Entry], proofs: str, log: str) -> set[str]:
        """Each entry is the one that a checkpoint covers; return the ids of all."""
        found = (msgspec.json.decode(line, type=Proof) for line in self._lines(proofs))
        proof, ids = next(found, None), set[str]()
        for entry in entries:
            ids.add(entry.id)
            proven = proof is not None and proof.id == entry.id
            if name == "statements":
                self._checked.statements += 1
                self._checked.proven += proven
                if not proven:
                    self._checked.wrong(entry.id, "the statement is in no signed checkpoint")
            if proof is None or not proven:
                continue
            if proof.log != log or not self._holds(proof, entry):
                self._checked.wrong(entry.id, f"the {name} entry is not what was signed")
            proof = next(found, None)
        return ids

    def _holds(self, proof: Proof, entry: Entry) -> bool:
        if proof.log == "statements":
            digest = statement_digest(entry.digest, proof.attachments)
            entry = Entry(entry.id, entry.place, digest)
        return holds(proof, self._checked.organization, entry, self._links)

    def _evidence(self, found: set[str]) -> None:
        """Every statement that a record rests on is there."""
        for line in self._lines("records"):
            record: Mapping[str, Any] = orjson.loads(line)
            for each in record["evidence"]:
                if each not in found:
                    where = f"{record['person_id']}, {record['requirement_id']}"
                    self._checked.wrong(where, f"the statement {each} is not there")

    def _certificates(self) -> None:
        """Every file of a certificate is the one that is named, every badge the issuer's."""
        if BADGE_KEYS not in self._zip.namelist():
            return
        keys = badge_checking.keys_of(self._zip.read(BADGE_KEYS))
        there = set(self._zip.namelist())
        for line in self._lines("certificates"):
            said: Mapping[str, Any] = orjson.loads(line)
            for each in (said.get("pdf"), said.get("badge")):
                if each and (
                    each["file"] not in there or self._hash(each["file"]) != each["sha256"]
                ):
                    self._checked.wrong(each["file"], f"is not what {said['number']} names")
            badge = (said.get("badge") or {}).get("file")
            if badge in there:
                wrong = badge_checking.wrong(self._zip.read(badge), keys, said)
                if wrong:
                    self._checked.wrong(badge, wrong)

    def _entries(self, name: str, read: Any) -> Iterator[Entry]:
        return (read(line) for line in self._lines(name))

    def _lines(self, name: str) -> Iterator[bytes]:
        with self._zip.open(f"{name}.ndjson") as file:
            for line in file:
                yield line.removesuffix(b"\n")

    def _hash(self, name: str) -> str:
        digest = hashlib.sha256()
        with self._zip.open(name) as file:
            for part in _parts(file):
                digest.update(part)
        return digest.hexdigest()


def _statement(line: bytes) -> Entry:
    """A statement; its digest lacks the attachments yet."""
    said = orjson.loads(line)
    raw = hashlib.sha256(line).hexdigest()
    return Entry(said["id"], parse_timestamp(said["stored"]), raw)


def _audited(line: bytes) -> Entry:
    said = orjson.loads(line)
    return Entry(said["id"], parse_timestamp(said["entry"]["at"]), json_digest(said["entry"]))


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    while part := file.read(_PART):
        yield part
