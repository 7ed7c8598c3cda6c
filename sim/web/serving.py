"""The server of the what-if page: where it listens, what it makes ready first, and how it ends."""

from __future__ import annotations

import errno
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from sim.errors import InputError, Problem
from sim.web.questions import LONGEST_QUERY

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from sim.engines import Engine, Tell

_BACKLOG: Final = 64
_MOST_CONNECTIONS: Final = 100
_HEADERS: Final = 16 * 1024
_SECONDS_KEPT: Final = 10
_SECONDS_TO_END: Final = 2
_IN_USE: Final = frozenset({errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)})


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 stands for any that is free.

    Raises
    ------
    InputError
        The address is none of this machine, or the port is taken or not allowed.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise InputError(Problem(f"{host!r} is no address", hint="such as 127.0.0.1 or localhost")) from None
    found = socket.socket(family, kind, protocol)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(_BACKLOG)
    except OSError as error:
        found.close()
        raise InputError(_why_not(host, port, error)) from None
    return found


def _why_not(host: str, port: int, error: OSError) -> Problem:
    if error.errno in _IN_USE:
        return Problem(f"port {port} of {host} is in use", hint=f"another one, such as --port {port + 1}, or --port 0")
    if error.errno == errno.EACCES:
        return Problem(f"port {port} may not be used", hint="a port from 1024 up, such as --port 8000")
    if error.errno == errno.EADDRNOTAVAIL:
        return Problem(f"{host} is no address of this machine", hint="such as --host 127.0.0.1")
    return Problem(f"cannot listen at {host}, port {port} ({error.strerror})", hint="--port 0 takes a free one")


def address_of(found: socket.socket, host: str) -> str:
    """Where a browser finds what listens at a socket."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{found.getsockname()[1]}/"


def made_ready(engine: Engine, tell: Tell | None, warm: Callable[[], object]) -> None:
    """Compile or load whatever the first request would wait for, both at the same time.

    Parameters
    ----------
    engine
        To be prepared.
    tell
        Called with a sentence for the user where that takes a while.
    warm
        What else is to be done once.
    """
    with ThreadPoolExecutor(1) as beside:
        warming = beside.submit(warm)
        engine.prepare(tell)
        warming.result()


def served(application: ASGIApp, found: socket.socket, end: Callable[[], None]) -> None:
    """Serve until the process is told to end.

    Parameters
    ----------
    application
        Answers requests.
    found
        Where to listen.
    end
        Stops whatever the application works on.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            """Stop the work first: nobody will see what it comes to, and ending waits for it."""
            end()
            await super().shutdown(sockets)

    # A form that cannot be read is answered; it is nothing to tell on the terminal.
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        http="h11",
        ws="none",
        lifespan="on",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_CONNECTIONS,
        h11_max_incomplete_event_size=LONGEST_QUERY + _HEADERS,
        timeout_keep_alive=_SECONDS_KEPT,
        timeout_graceful_shutdown=_SECONDS_TO_END,
    )
    Server(config).run(sockets=[found])
