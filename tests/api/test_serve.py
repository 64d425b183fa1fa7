"""`lyceum serve` as a process: first start, clean stop, crash, wrong settings, several workers."""

import os
import re
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.process import (
    CREDENTIALS,
    LYCEUM,
    PATIENCE_SECONDS,
    Served,
    environment,
    free_ports,
    serving,
    until,
)


def _refused(*flags: str, **variables: str) -> tuple[int, str]:
    command = [str(LYCEUM), "serve", *flags]
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env=environment(variables),
        timeout=PATIENCE_SECONDS,
    )
    return done.returncode, done.stderr


def _mongod_of(folder: Path) -> int:
    return int((folder / "data" / "mongo" / "mongod.lock").read_text().strip() or 0)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_first_start_prints_credentials_and_the_next_finds_the_data_with_two_workers(
    roomy_path: Path,
) -> None:
    with serving(roomy_path) as first:
        shown = first.printed()
        email, password = (
            re.search(rf"{name} +(\S+)", shown)[1]  # type: ignore[index]
            for name in ("Administrator", "Password")
        )
        assert f"http://127.0.0.1:{first.port}/xapi" in shown
        assert re.search(r"Key +\S{16,}\n +Secret +\S{16,}", shown)
        assert first.ask("/health/live") == (200, {"status": "ok"})
        assert first.ask("/health/ready")[0] == 200
        token = first.token(email, password)
        draft = {"title": "Kept"}
        assert first.ask("/api/v1/courses", draft, token)[0] == 201
        mongod = _mongod_of(roomy_path)
        assert first.stop() == 0
        assert not _alive(mongod)
    with serving(roomy_path, "--workers", "2") as second:
        assert password not in second.printed()
        token = second.token(email, password)
        _, courses = second.ask("/api/v1/courses", token=token)
        assert [course["attributes"]["title"] for course in courses["data"]] == ["Kept"]
        _two_workers_add_up_what_they_measure(second)
        workers = _workers(second.process.pid)
        assert second.stop() == 0
        assert not any(map(_alive, workers))


def _two_workers_add_up_what_they_measure(served: Served) -> None:
    for _ in range(20):
        assert served.ask("/health/live")[0] == 200
    assert {_answered(served, "/health/live") for _ in range(5)} == {20}


def test_after_kill_9_of_server_mongod_or_a_worker_all_of_it_comes_back(roomy_path: Path) -> None:
    with serving(roomy_path, **CREDENTIALS) as first:
        token = first.token("root@example.org", "a given password")
        assert first.ask("/api/v1/courses", {"title": "Kept"}, token)[0] == 201
        mongod = _mongod_of(roomy_path)
        first.process.kill()
        with suppress(ProcessLookupError):
            os.kill(mongod, signal.SIGKILL)
        first.process.wait()
    with serving(roomy_path) as second:
        token = second.token("root@example.org", "a given password")
        assert second.ask("/api/v1/courses", token=token)[1]["meta"]["total"] == 1
        mongod = _mongod_of(roomy_path)
        second.process.kill()
        until(lambda: not _alive(mongod), "mongod to end after its server")
    with serving(roomy_path, "--workers", "2") as third:
        token = third.token("root@example.org", "a given password")
        assert third.ask("/api/v1/courses", token=token)[1]["meta"]["total"] == 1
        _a_mongod_that_dies_is_started_again(third, roomy_path)
        _workers_share_the_ports_come_back_and_end_with_their_server(third)


def _a_mongod_that_dies_is_started_again(served: Served, folder: Path) -> None:
    first = _mongod_of(folder)
    os.kill(first, signal.SIGKILL)
    until(lambda: _mongod_of(folder) not in (0, first), "another mongod")
    until(lambda: served.ask("/health/ready")[0] == 200, "MongoDB to be back")
    served.token("root@example.org", "a given password")


def _workers_share_the_ports_come_back_and_end_with_their_server(served: Served) -> None:
    pid = served.process.pid
    before = _workers(pid)
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    until(lambda: len(set(_workers(pid)) - set(before)) == 1, "another worker")
    until(lambda: served.ask("/health/ready")[0] == 200, "an answer")
    after = _workers(pid)
    served.process.kill()
    until(lambda: not any(map(_alive, after)), "workers to end with their server")


def _answered(served: Served, route: str) -> float:
    """How many requests to a route the metrics know of; any worker may tell."""
    with urlopen(f"http://127.0.0.1:{served.port}/metrics") as answer:
        families = text_string_to_metric_families(answer.read().decode())
    samples = [sample for family in families for sample in family.samples]
    counted = [each for each in samples if each.name == "lyceum_http_requests_total"]
    return sum(each.value for each in counted if each.labels["route"] == route)


def _workers(supervisor: int) -> list[int]:
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    return [int(pid) for pid in children if b"api.worker" in _command_line(int(pid))]


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.parametrize("taken", ["--port", "--content-port"])
def test_a_taken_port_is_told_in_one_line(tmp_path: Path, taken: str) -> None:
    (other,) = free_ports(1)
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        flags = {"--port": str(other), "--content-port": str(other), taken: str(port)}
        given = [part for pair in flags.items() for part in pair]
        code, told = _refused(*given, "--data", str(tmp_path / "data"))
    assert code == 1
    assert told.startswith(f"Cannot listen on 127.0.0.1:{port}")
    assert taken in told
    assert told.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_wrong_setting_is_told_in_one_line_with_exit_code_2() -> None:
    code, told = _refused("--workers", "none", LYCEUM_MONGODB_URI="")
    assert code == 2
    assert told == '--workers is "none", but it must be a whole number from 1 to 64.\n'
