"""What samples, reconstructions, daydreams and neighbours look like on a sheet."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.figures.sheet import Sheet
from acncodec.figures.style import BLACK, BLUE, RED, to_rgb

Pixels = NDArray[Any]
Ints = NDArray[np.int64]

MAX_COLUMNS = 20
ORIGINALS_AND_DRAWN = "Ink is 1, paper 0: black ink for originals, blue for what was drawn."


@dataclass(frozen=True)
class Source:
    """Where images come from, for titles: the data's name, the model's, and the seed. inked:
    whether they are shades of binary images."""

    model: str
    levels: int
    seed: int
    data: str = ""
    inked: bool = False


def _ink(source: Source, text: str) -> tuple[str, ...]:
    """A note on inks, which images of more levels than two do not have unless they are shades."""
    if source.inked:
        return (text, "Between ink and paper are shades.")
    return (text,) if source.levels == 2 else ()


def ink_notes(source: Source) -> tuple[str, ...]:
    """What ink is, where images were drawn by a model alone."""
    return _ink(source, "Ink is 1, paper 0.")


def _folded(images: Pixels, columns: int) -> tuple[Pixels, NDArray[np.bool_]]:
    """(n, ...) as (rows, columns, ...), and which places are filled."""
    rows = -(-len(images) // columns)
    filled = np.arange(rows * columns) < len(images)
    padded = np.zeros((rows * columns, *images.shape[1:]), images.dtype)
    padded[: len(images)] = images
    return padded.reshape(rows, columns, *images.shape[1:]), filled.reshape(rows, columns)


def _columns(count: int) -> int:
    """Columns of a block of `count` images: not narrow, and without empty places if possible."""
    least, most = math.ceil(math.sqrt(count)), math.ceil(math.sqrt(2.5 * count))
    full = next((wide for wide in range(least, most + 1) if count % wide == 0), None)
    return min(MAX_COLUMNS, full or math.ceil(math.sqrt(1.4 * count)))


def samples(images: Pixels, source: Source) -> Sheet:
    """Images (n, C, H, W) drawn from the model alone."""
    folded, shown = _folded(images, _columns(len(images)))
    return Sheet(
        folded, source.levels,
        f"{len(images):,} samples of the model {source.model}",
        (
            f"z by the unconditional prior, pixels by the decoder. Seed {source.seed}.",
            *ink_notes(source),
        ),
        inks=(BLUE,), shown=shown, inked=source.inked,
    )  # fmt: skip


def reconstructions(originals: Pixels, drawn: Pixels, source: Source) -> Sheet:
    """Originals (n, C, H, W) beside reconstructions (n, draws, C, H, W), in groups."""
    both = np.concatenate([originals[:, None], drawn], 1)
    size = both.shape[1]
    groups = max(1, min(MAX_COLUMNS // size, math.ceil(math.sqrt(len(both) * 1.4 / size))))
    folded, shown = _folded(both, groups)
    rows = len(folded)
    return Sheet(
        folded.reshape(rows, groups * size, *originals.shape[1:]), source.levels,
        f"{source.data}: reconstructions by the model {source.model}",
        (
            f"An original, then {size - 1} drawn given its mean code. Seed {source.seed}.",
            *_ink(source, ORIGINALS_AND_DRAWN),
        ),
        inks=(BLACK, *(BLUE,) * (size - 1)),
        starts={group * size: "" for group in range(1, groups)},
        shown=shown.repeat(size, 1), inked=source.inked,
    )  # fmt: skip


def daydreams(chains: Pixels, source: Source) -> Sheet:
    """Chains (n, 1 + steps, C, H, W), one a row."""
    steps = chains.shape[1] - 1
    return Sheet(
        chains, source.levels,
        f"{source.data}: daydreams of the model {source.model}",
        (
            f"Each image is drawn given the code of the one before it. Seed {source.seed}.",
            *_ink(source, ORIGINALS_AND_DRAWN),
        ),
        inks=(BLACK, *(BLUE,) * steps), starts={1: ""},
    )  # fmt: skip


def daydream_frames(chains: Pixels, source: Source) -> list[Sheet]:
    """The same chains as frames: all chains at step 0, at step 1, and so on."""
    steps = chains.shape[1] - 1
    frames = []
    for step in range(steps + 1):
        folded, shown = _folded(chains[:, step], _columns(len(chains)))
        title = f"{source.data}: daydreams of the model {source.model}"
        begun = "The originals." if step == 0 else f"Step {step} of {steps}."
        notes = (f"Seed {source.seed}. {begun}",)
        ink = BLACK if step == 0 else BLUE
        frames.append(Sheet(folded, source.levels, title, notes, inks=(ink,), shown=shown))
    return frames


@dataclass(frozen=True, eq=False)
class Found:
    """Queries (n,), and their neighbours by code and by pixels, (n, k): rows of the images."""

    queries: Ints
    by_code: Ints
    by_pixels: Ints


def neighbours(
    images: Pixels, found: Found, labels: NDArray[np.generic] | None, source: Source,
    drawn: Pixels | None = None,
) -> Sheet:  # fmt: skip
    """Queries beside their neighbours; with labels, those of another class stand out. drawn: what
    the decoder makes of the codes of those by code, (n, k, C, H, W), if that is to be seen too."""
    rows = np.concatenate([found.queries[:, None], found.by_code, found.by_pixels], 1)
    count = found.by_code.shape[1]
    notes = [
        f"{count} nearest of {len(images):,} images, the query left out; Euclidean, nearest first."
    ]
    alert = None
    if labels is not None:
        alert = labels[rows] != labels[found.queries][:, None]
        same = [
            1.0 - float(part.mean()) for part in (alert[:, 1 : 1 + count], alert[:, 1 + count :])
        ]
        notes.append(f"Of the query's class: {same[0]:.0%} by code, {same[1]:.0%} by pixels.")
    inks = "Ink is 1, paper 0: black ink for queries, blue for neighbours"
    notes += _ink(source, inks + (", red where the class differs." if labels is not None else "."))
    if labels is not None and source.levels != 2 and not source.inked:
        notes.append("Framed in red where the class differs.")
    shown, starts = images[rows], {0: "Query", 1: "Nearest by code", 1 + count: "Nearest by pixels"}
    if drawn is not None:
        starts[1 + 2 * count] = "Drawn from the codes"
        shown = np.concatenate([shown, drawn], 1)
        if alert is not None:
            alert = np.pad(alert, ((0, 0), (0, count)))
    return Sheet(
        shown, source.levels,
        f"{source.data}: neighbours by the codes of the model {source.model}, and by pixels",
        tuple(notes), inks=(BLACK, *(BLUE,) * (shown.shape[1] - 1)), starts=starts,
        alert=alert, alert_ink=RED, inked=source.inked,
    )  # fmt: skip


def code_maps(images: Pixels, maps: Pixels, source: Source) -> Sheet:
    """Images (n, C, H, W), each beside its map of codes in colours, uint8 (n, rows, columns, 3)."""
    height, width = images.shape[2:]
    across, down = -(-width // maps.shape[2]), -(-height // maps.shape[1])
    grown = maps.repeat(down, 1).repeat(across, 2)[:, :height, :width]
    both = np.stack([to_rgb(images, source.levels), grown], 1).transpose(0, 1, 4, 2, 3)
    groups = max(1, min(MAX_COLUMNS // 2, math.ceil(math.sqrt(len(both) * 0.7))))
    folded, shown = _folded(both, groups)
    return Sheet(
        folded.reshape(len(folded), groups * 2, *both.shape[2:]), 256,
        f"{source.data}: maps of codes by the model {source.model}",
        (
            f"An image, then its codes as colours, like ones for like codes. Seed {source.seed}.",
        ),
        starts={group * 2: "" for group in range(1, groups)},
        shown=shown.repeat(2, 1),
    )  # fmt: skip


def training_frames(
    originals: Pixels, drawn: list[tuple[str, Pixels]], source: Source
) -> list[Sheet]:
    """The same originals (n, C, H, W) beside what was drawn given their codes in the course of a
    training: for each time its name and images (n, C, H, W)."""
    frames = []
    for when, images in drawn:
        sheet = reconstructions(originals, images[:, None], source)
        title = f"{source.data}: reconstructions while {source.model} trains"
        frames.append(replace(sheet, title=title, notes=(when, *sheet.notes[1:])))
    return frames
