"""An exploration as one HTML file that needs nothing from outside, and asks for nothing."""

from __future__ import annotations

import base64
from importlib.resources import files

import jinja2
from markupsafe import Markup

from acncodec.explore.contents import contents
from acncodec.explore.exploration import Exploration
from acncodec.explore.library import Library
from acncodec.explore.sprites import Sheets, sprite_sheets

TEMPLATE, STYLE = "explore.html.jinja", "explore.css"
SCRIPTS = ("data.js", "map.js", "state.js", "colours.js", "panel.js", "explore.js")
"""Parts of one module, in their order."""


def to_html(exploration: Exploration, library: Library) -> str:
    """The page; the same exploration and library give the same page.

    What comes from files, names and labels, stands in it as text or in JSON, never as markup.
    """
    here = files("acncodec.explore")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    template = environment.from_string((here / TEMPLATE).read_text(encoding="utf-8"))
    sheets = sprite_sheets(exploration.pixels, exploration.levels)
    return template.render(
        exploration=exploration,
        lead=_lead(exploration),
        subject=exploration.subject,
        contents=contents(exploration, sheets),
        sheets=[_address(sheets.media, file) for file in sheets.files],
        notes=(*exploration.notes, *_notes(exploration, sheets)),
        library=library,
        library_scripts=[Markup(script) for script in library.scripts],
        style=Markup((here / STYLE).read_text(encoding="utf-8")),
        script=Markup("\n".join((here / name).read_text(encoding="utf-8") for name in SCRIPTS)),
    )  # fmt: skip


def _address(media: str, file: bytes) -> str:
    """A picture as an address that holds it."""
    return f"data:{media};base64,{base64.b64encode(file).decode('ascii')}"


def _lead(exploration: Exploration) -> str:
    subject = exploration.subject
    what = "codes of" if subject.features == "codes" else "pixels, beside"
    return f"{exploration.count:,} images, {what} the model {subject.model}"


def _notes(exploration: Exploration, sheets: Sheets) -> list[str]:
    """How things were made, as far as a reader has to know."""
    subject = exploration.subject
    notes = [f"PCA and t-SNE are of {subject.features}. Axes of t-SNE mean nothing."]
    if exploration.count < subject.total:
        notes.append(f"{exploration.count:,} of {subject.total:,} images, picked by the seed.")
    notes.append("Neighbours are nearest by Euclidean distance, the nearest first.")
    if exploration.tour is not None:
        found = {"greedy": "each image the nearest by code of those that are left"}
        how = found.get(exploration.tour.solver, "improved on what images are expected to cost")
        notes.append(f"The tour goes through all images shown, {how}.")
    if exploration.costs is not None:
        notes.append(
            "Bits are what the float model expects of an image without an order: of its pixels, and"
            " KL to the unconditional prior."
        )
    if not sheets.lossless:
        shrunk = f", shrunk {sheets.shrunk}-fold" if sheets.shrunk > 1 else ""
        notes.append(
            f"Thumbnails are JPEG{shrunk}: they are not the exact pixels. All that is computed is"
            " of the exact ones."
        )
    elif exploration.levels == 2 and exploration.pixels.shape[1] == 1:
        notes.append("Ink is 1, paper 0.")
    return notes
