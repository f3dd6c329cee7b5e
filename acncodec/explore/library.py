"""The plotting library that a page carries: BokehJS, from the wheel of Bokeh, with its licence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import distribution

from acncodec.errors import MissingExtraError
from acncodec.figures.extras import from_extra

SCRIPTS = ("bokeh.min.js", "bokeh-gl.min.js", "bokeh-api.min.js")
"""The core, WebGL, and the interface for JavaScript, in the order in which they are loaded."""
LICENCE = "LICENSE.txt"


@dataclass(frozen=True)
class Library:
    """A version of the library: its scripts, none of which ends the element that it stands in, and
    the text of its licence."""

    version: str
    scripts: tuple[str, ...]
    licence: str


def load_library() -> Library:
    """The one that is installed. Nothing of it is imported.

    Raises `MissingExtraError` if there is none, or its files are not where they are in its wheel.
    """
    with from_extra("explore", "Bokeh"):
        found = distribution("bokeh")
    files = {path.name: path for path in found.files or ()}
    missing = [name for name in (*SCRIPTS, LICENCE) if name not in files]
    if missing:
        raise MissingExtraError(
            f"Bokeh {found.version} lacks {', '.join(missing)}: pip install 'acncodec[explore]'"
        )
    scripts = tuple(_embedded(files[name].read_text("utf-8")) for name in SCRIPTS)
    return Library(found.version, scripts, files[LICENCE].read_text("utf-8"))


def _embedded(script: str) -> str:
    """A script as it may stand in a page: what looks like the end of its element is written with
    an escape, and there is no source map, which would be looked for beside the page."""
    script = re.sub(r"^//# sourceMappingURL=.*$", "", script, flags=re.MULTILINE)
    return re.sub(r"</(?=script)", r"<\\/", script, flags=re.IGNORECASE)
