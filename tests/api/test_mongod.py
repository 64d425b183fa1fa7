"""The embedded MongoDB server starts, stops and recovers."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from api import mongod as embedded
from api.errors import MongodError
from api.mongod import Mongod


def _count(uri: str) -> int:
    with MongoClient[dict[str, Any]](uri) as client:
        return client.kept.things.count_documents({})


def test_the_next_start_finds_the_data(tmp_path: Path) -> None:
    with Mongod(tmp_path, cache_gb=0.25) as first, MongoClient[dict[str, Any]](first.uri) as client:
        client.kept.things.insert_one({"a": 1})
    with Mongod(tmp_path, cache_gb=0.25) as second:
        assert _count(second.uri) == 1


def test_a_start_after_kill_9_recovers(tmp_path: Path) -> None:
    first = Mongod(tmp_path, cache_gb=0.25)
    first.start()
    with MongoClient[dict[str, Any]](first.uri, w="majority") as client:
        client.kept.things.insert_one({"a": 1})
    assert first.pid is not None
    os.kill(first.pid, signal.SIGKILL)
    first.stop()
    with Mongod(tmp_path, cache_gb=0.25) as second:
        assert _count(second.uri) == 1


def test_without_a_binary_one_line_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(embedded.shutil, "which", lambda name: None)
    with pytest.raises(MongodError, match="set LYCEUM_MONGODB_URI") as refused:
        embedded.find_mongod()
    assert "\n" not in str(refused.value)
