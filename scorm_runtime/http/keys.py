"""What the content application holds, and how a handler gets at it."""

from typing import Final

from aiohttp import web

from scorm_runtime.launch import Launch
from scorm_runtime.runtime import Runtime

RUNTIME: Final = web.AppKey("runtime", Runtime)


def launched(request: web.Request, *, late: bool = False) -> tuple[Runtime, Launch]:
    """The runtime, and the launch that the path's token stands for; raises LaunchRefused.

    `late` takes one that has expired of late, too.
    """
    runtime = request.app[RUNTIME]
    return runtime, runtime.read(request.match_info["token"], late=late)
