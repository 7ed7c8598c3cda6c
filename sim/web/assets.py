"""The files that the page loads: each under a name that changes with its content, so that browsers keep it for good."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.errors import LotwiseError

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE: Final = Path(__file__).parent
_OWN: Final = ("page.css", "charts.js", "values.js", "page.js")
_HTMX: Final = "django_htmx/static/django_htmx/htmx-4.min.js"
"""From the package django-htmx, which carries it; nothing of Django is imported."""
_TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the page.

    Attributes
    ----------
    name
        Such as ``page.css``.
    content, packed
        Its bytes, and the same compressed.
    kind
        Its media type.
    """

    name: str
    content: bytes
    packed: bytes
    kind: str

    @property
    def digest(self) -> str:
        """Of its content."""
        return hashlib.sha256(self.content).hexdigest()[:_DIGITS]

    @property
    def address(self) -> str:
        """Where it is found."""
        return f"/static/{self.digest}/{self.name}"


def assets() -> Mapping[str, Asset]:
    """Every file of the page by its name; those of one's own are read again each time, as they are small."""
    own = {name: _asset(name, _own_bytes(name)) for name in _OWN}
    return own | {"htmx.js": _asset("htmx.js", _htmx()), "vega.js": _asset("vega.js", _vega())}


def _own_bytes(name: str) -> bytes:
    return (HERE / "static" / name).read_bytes()


@cache
def _asset(name: str, content: bytes) -> Asset:
    return Asset(name, content, gzip.compress(content, 6, mtime=0), _TYPES[Path(name).suffix])


@cache
def _htmx() -> bytes:
    try:
        return Path(str(distribution("django-htmx").locate_file(_HTMX))).read_bytes()
    except (PackageNotFoundError, FileNotFoundError) as error:
        raise LotwiseError("the page needs htmx 4, which the package django-htmx 1.29 or newer brings along") from error


@cache
def _vega() -> bytes:
    from sim.report.bundle import vega_bundle

    return vega_bundle().encode()
