"""The scripts that draw charts in a browser, in one piece: nothing is loaded from anywhere else."""

from __future__ import annotations

from functools import cache

_SNIPPET = "window.vegaEmbed = vegaEmbed; window.vega = vega; window.vegaLite = vegaLite;"


@cache
def vega_bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script, of the same version as the charts in files are drawn with.

    Notes
    -----
    Where a page forbids its scripts to make code from text, give ``vegaEmbed`` the option ``ast: true``.
    """
    import vl_convert

    script: str = vl_convert.javascript_bundle(_SNIPPET)
    # Its names stay inside: one of them could be that of another script of the page.
    return f"(() => {{{script}}})();\n"
