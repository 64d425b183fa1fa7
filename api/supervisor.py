"""Several workers on the same ports: started, started again when they crash, stopped together."""

import asyncio
import os
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import structlog
from prometheus_client.multiprocess import mark_process_dead

from api.settings import Settings, environment_of
from api.worker import READY

log = structlog.get_logger("lyceum.supervisor")

PAUSE_SECONDS = 1.0
GRACE_SECONDS = 15.0


@dataclass(slots=True)
class Supervisor:
    """Keeps as many workers running as the settings say."""

    settings: Settings
    uri: str
    _workers: set[Process] = field(default_factory=set)
    _metrics: str = ""

    async def run(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Run until `stop` is set; `ready` is called once every worker serves."""
        with tempfile.TemporaryDirectory(prefix="lyceum-metrics-") as self._metrics:
            await self._run(stop, ready)

    async def _run(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        started = [asyncio.Event() for _ in range(self.settings.workers)]
        keepers = [asyncio.create_task(self._keep_one(stop, event)) for event in started]
        announcement = asyncio.create_task(_announce(started, ready))
        await stop.wait()
        announcement.cancel()
        self._signal()
        _, late = await asyncio.wait(keepers, timeout=self.settings.drain + GRACE_SECONDS)
        for worker in list(self._workers) if late else []:
            log.warning("a worker did not stop; killing it", pid=worker.pid)
            worker.kill()
        await asyncio.gather(*keepers, return_exceptions=True)

    def _signal(self) -> None:
        for worker in self._workers:
            if worker.returncode is None:
                worker.terminate()

    async def _keep_one(self, stop: asyncio.Event, started: asyncio.Event) -> None:
        while not stop.is_set():
            worker = await self._start()
            self._workers.add(worker)
            if stop.is_set():
                worker.terminate()
            if worker.stdout and await worker.stdout.readline() == READY:
                started.set()
            code = await worker.wait()
            mark_process_dead(worker.pid, self._metrics)  # type: ignore[no-untyped-call]
            self._workers.discard(worker)
            if not stop.is_set():
                log.error("a worker ended; starting another", pid=worker.pid, code=code)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _start(self) -> Process:
        settings = replace(self.settings, mongodb_uri=self.uri)
        environment = {
            **os.environ,
            **environment_of(settings),
            "LYCEUM_SUPERVISOR": str(os.getpid()),
            "PROMETHEUS_MULTIPROC_DIR": self._metrics,
        }
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "api.worker", env=environment, stdout=PIPE
        )


async def _announce(started: list[asyncio.Event], ready: Callable[[], None]) -> None:
    for event in started:
        await event.wait()
    ready()
