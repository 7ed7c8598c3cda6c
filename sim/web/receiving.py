"""What a browser sends, taken in: a file of bounded size, and the news that it has gone away."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from sim.errors import InputError, Problem
from sim.web.safety import BodyTooLargeError
from sim.web.uploads import LARGEST_UPLOAD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from sim.web.wishes import Wish

_LARGEST_BODY: Final = LARGEST_UPLOAD + 16 * 1024
"""A file, and the form around it."""
MOST_READ: Final = 16 * _LARGEST_BODY
"""So much is read of what is too large, so that a browser that is still sending listens to the answer."""


@asynccontextmanager
async def watched(request: Request, wish: Wish) -> AsyncIterator[Wish]:
    """A wish that passes when its client goes away."""

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        wish.over.set()

    watching = asyncio.ensure_future(watch())
    try:
        yield wish
    finally:
        wish.over.set()  # whatever is still under way for it, such as a report when the server ends
        watching.cancel()
        await asyncio.wait({watching})


async def file_sent(request: Request) -> tuple[str, bytes]:
    """Name and content of the file that a form sends.

    Raises
    ------
    BodyTooLargeError
        It is larger than any scenario.
    InputError
        There is none.
    """
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > _LARGEST_BODY:
        await _drained(request)
        raise BodyTooLargeError
    try:
        async with request.form(max_files=1, max_fields=4, max_part_size=1024) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise InputError(Problem("no file was sent", hint="choose a scenario file first"))
            name, content = file.filename, await file.read()
    except HTTPException as error:
        raise InputError(Problem(f"the form cannot be read: {error.detail}")) from error
    if len(content) > LARGEST_UPLOAD:
        raise BodyTooLargeError
    return name, content


async def _drained(request: Request) -> None:
    """Read what is sent and forget it: a browser that is still sending would not see the answer."""
    async for _ in request.stream():
        pass
