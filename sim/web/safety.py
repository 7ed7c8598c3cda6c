"""What every request must keep to, and every response carries: the page talks to its own server and to nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_ANY: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - only compared with
_READING: Final = frozenset({"GET", "HEAD"})
_WRITING: Final = frozenset({"POST"})
_MISDIRECTED: Final = 421
_FORBIDDEN: Final = 403
_NOT_ALLOWED: Final = 405
_TOO_LARGE: Final = 413


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server at an address."""
    return host.strip("[]").lower() in LOOPBACK


class Safety:
    """Refuses requests that no page of this server makes, and bodies that are too large.

    Parameters
    ----------
    app
        What answers all others.
    host
        Address that the server listens at. At one of this machine alone a request must call it by such a name, so that
        no other site's name can be pointed at it; at all addresses together any name goes.
    largest
        Bytes of a request's body.
    """

    def __init__(self, app: ASGIApp, host: str, largest: int) -> None:
        self._app = app
        self._names = None if host in _ANY else LOOPBACK | {host.strip("[]").lower()}
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Dressed(send)
        refused = self._refused(scope)
        if refused is not None:
            await _plain(answer, *refused)
            return
        body = _Body(receive, self._largest)
        try:
            await self._app(scope, body, answer)
        except BodyTooLargeError:
            if answer.begun:
                raise
            await _plain(answer, _TOO_LARGE, "What was sent is too large.")

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if self._names is not None and _name_of(host) not in self._names:
            return _MISDIRECTED, "This server does not go by that name."
        if scope["method"] not in _READING | _WRITING:
            return _NOT_ALLOWED, "This server is not asked that way."
        if scope["method"] in _WRITING and not _is_own(headers, host):
            return _FORBIDDEN, "Only a page of this server may send something to it."
        length = headers.get(b"content-length", "0")
        if not length.isdigit() or int(length) > self._largest:
            return _TOO_LARGE, "What was sent is too large."
        return None


def _name_of(host: str) -> str:
    """Name in a ``Host`` header, without its port; nothing for what is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_own(headers: dict[bytes, str], host: str) -> bool:
    """Whether a page of this server sends a request, as browsers say; what says nothing is not believed."""
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    if site is not None:
        return site == "same-origin"
    if origin is None:
        return False
    try:
        found = urlsplit(origin)
    except ValueError:
        return False
    return found.scheme in {"http", "https"} and found.netloc.lower() == host.lower()


class BodyTooLargeError(Exception):
    """More was sent than is taken."""


class _Body:
    """Counts what is received."""

    def __init__(self, receive: Receive, largest: int) -> None:
        self._receive = receive
        self._left = largest

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise BodyTooLargeError
        return message


class _Dressed:
    """Puts the headers of safety on a response."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            given = list(message.get("headers", ()))
            names = {name.lower() for name, _ in given}
            given += _missing(names)
            message = {**message, "headers": given}
        await self._send(message)


def _missing(names: Iterable[bytes]) -> list[tuple[bytes, bytes]]:
    known = set(names)
    pairs = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    if b"cache-control" not in known:
        pairs.append((b"cache-control", b"no-store"))
    return [(name, value) for name, value in pairs if name not in known]


async def _plain(send: _Dressed, status: int, text: str) -> None:
    body = f"{text}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
