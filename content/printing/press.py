"""The press: worker processes that print, few of them, each bounded in time and memory."""

import asyncio
import ctypes
import functools
import os
import sys
import uuid
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from content.errors import PrintingBusy, PrintingFailed, PrintingUnavailable
from content.printing import fonts
from content.printing.documents import Printable
from content.printing.worker import LENGTH, Answer, Order, framed

WORKERS: Final = 2
WAITING: Final = 64
SECONDS: Final = 20.0
PATIENCE: Final = 10
"""How many times longer a document may take by the clock, on a machine that is busy."""
IDLE_SECONDS: Final = 120.0
DOCUMENTS_OF_A_WORKER: Final = 200
LIBRARIES: Final = (
    {"darwin": "libpango-1.0.dylib"}.get(sys.platform, "libpango-1.0.so.0"),
    {"darwin": "libpangoft2-1.0.dylib"}.get(sys.platform, "libpangoft2-1.0.so.0"),
)
MISSING: Final = "PDF needs the system's Pango: apt-get install libpango-1.0-0 libpangoft2-1.0-0"


class Press:
    """Prints documents. Workers start when they are needed and end when they are not.

    `cache` is a folder of its own, where fontconfig keeps what it knows of the fonts.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._idle: list[Worker] = []
        self._places = asyncio.Semaphore(WORKERS)
        self._waiting = 0

    async def pdf(self, document: Printable, *, seconds: float = SECONDS) -> bytes:
        """The document as tagged PDF: equal bytes for equal documents. It may take so many
        seconds of CPU time, counted in whole ones.

        Raises PrintingUnavailable, PrintingBusy, PrintingFailed.
        """
        return await self._print(Order(document, seconds))

    async def picture(
        self, document: Printable, width: int = 1200, *, clear: bool = False
    ) -> bytes:
        """The document's first page as PNG, `width` pixels wide, on white or on nothing. Raises as
        `pdf`.
        """
        return await self._print(Order(document, SECONDS, width, clear))

    async def close(self) -> None:
        """End all workers."""
        while self._idle:
            await self._idle.pop().end()

    async def _print(self, order: Order) -> bytes:
        if not is_available():
            raise PrintingUnavailable(MISSING)
        if self._waiting >= WAITING:
            raise PrintingBusy("Too many documents are being printed.")
        self._waiting += 1
        try:
            async with self._places:
                return await self._by_a_worker(order)
        finally:
            self._waiting -= 1

    async def _by_a_worker(self, order: Order) -> bytes:
        worker = self._rested() or await Worker.start(self._cache)
        try:
            async with asyncio.timeout(PATIENCE * order.seconds):
                answer = await worker.answer(order)
        except (TimeoutError, EOFError, ConnectionError) as error:
            await worker.end()
            raise PrintingFailed(
                f"It takes more than {order.seconds:g} s, or too much memory."
            ) from error
        except BaseException:
            await worker.end()
            raise
        await self._keep(worker)
        if answer.failure:
            raise PrintingFailed(answer.failure)
        return answer.printed

    def _rested(self) -> "Worker | None":
        """A worker that waits for something to print; one that the system has ended does not."""
        while self._idle:
            worker = self._idle.pop()
            worker.rest()
            if worker.is_there:
                return worker
        return None

    async def _keep(self, worker: "Worker") -> None:
        if worker.printed >= DOCUMENTS_OF_A_WORKER:
            await worker.end()
            return
        self._idle.append(worker)
        worker.wait(IDLE_SECONDS, self._idle)


class Worker:
    """One process that prints one document after another."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._retiring: asyncio.TimerHandle | None = None
        self.printed = 0

    @classmethod
    async def start(cls, cache: Path) -> "Worker":
        """A new process, which knows nothing of the server's environment."""
        environment = await asyncio.to_thread(_environment, cache)
        command = (sys.executable, "-m", "content.printing.worker")
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, limit=1 << 20
        )
        return cls(process)

    async def answer(self, order: Order) -> Answer:
        """What it made of the order. Raises EOFError, ConnectionError where it ended instead."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        self.printed += 1
        stdin.write(framed(msgspec.msgpack.encode(order)))
        await stdin.drain()
        size = int.from_bytes(await stdout.readexactly(LENGTH))
        return msgspec.msgpack.decode(await stdout.readexactly(size), type=Answer)

    @property
    def is_there(self) -> bool:
        """Whether the process has not ended."""
        return self._process.returncode is None

    def wait(self, seconds: float, idle: list["Worker"]) -> None:
        """End when nothing is to be printed for so long."""

        def retire() -> None:
            if self in idle:
                idle.remove(self)
                self._kill()

        self._retiring = asyncio.get_running_loop().call_later(seconds, retire)

    def rest(self) -> None:
        """There is something to print."""
        if self._retiring is not None:
            self._retiring.cancel()

    async def end(self) -> None:
        """End it, whatever it does."""
        self.rest()
        self._kill()
        await self._process.wait()

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()


@functools.cache
def is_available() -> bool:
    """Whether this machine has what printing needs."""
    try:
        for library in LIBRARIES:
            ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _environment(cache: Path) -> dict[str, str]:
    """Fonts from one configuration; the same moment, always, in fonts that are made smaller."""
    cache.mkdir(parents=True, exist_ok=True)
    configuration = cache / "fonts.conf"
    beside = cache / f"fonts.conf.{uuid.uuid4().hex}"
    beside.write_text(fonts.configuration(cache), encoding="utf-8")
    beside.replace(configuration)
    return {
        "FONTCONFIG_FILE": str(configuration),
        "PATH": os.defpath,
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "SOURCE_DATE_EPOCH": "0",
        "LANG": "C.UTF-8",
    }
