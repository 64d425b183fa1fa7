"""Where a request comes from, and the sockets that the server listens on."""

import errno
import os
import socket

from aiohttp import web

from api.errors import PortTaken
from api.settings import Settings

BACKLOG = 1024


def client_address(request: web.Request, trusted_proxies: int) -> str:
    """The network address of the client, as the outermost trusted proxy saw it."""
    written = ",".join(request.headers.getall("X-Forwarded-For", []))
    hops = [hop.strip() for hop in written.split(",")]
    if trusted_proxies and len(hops) >= trusted_proxies and hops[-trusted_proxies]:
        return hops[-trusted_proxies][:64]
    return request.remote or ""


def open_sockets(settings: Settings, *, shared: bool) -> tuple[socket.socket, socket.socket]:
    """Bind the port and the content port; `shared` ones can be bound by other workers, too.

    Raises:
        PortTaken: another program has one of them.
    """
    first = _bind(settings.host, settings.port, "--port (LYCEUM_PORT)", shared)
    try:
        second = _bind(
            settings.host, settings.content_port, "--content-port (LYCEUM_CONTENT_PORT)", shared
        )
    except BaseException:
        first.close()
        raise
    return first, second


def _bind(host: str, port: int, setting: str, shared: bool) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError:
        raise PortTaken(host, port, "--host (LYCEUM_HOST)", "no address of this machine") from None
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise PortTaken(host, port, _setting(error, setting), _reason(error)) from None
    return listener


def _setting(error: OSError, setting: str) -> str:
    return "--host (LYCEUM_HOST)" if error.errno == errno.EADDRNOTAVAIL else setting


def _reason(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else str(error)
