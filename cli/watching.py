"""The animation of a training: `acncodec train --watch OUT.gif`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .session import check_target, say
from .sources import check_suffix

if TYPE_CHECKING:
    from acncodec.training.loop import Trainer
    from acncodec.training.watch import Watch

MILLISECONDS = 400
"""How long a frame is shown."""


class Watching:
    """Where it goes; asked for before the work, as Pillow may be missing. It is written when a
    training is over, of what was seen meanwhile."""

    def __init__(self, output: Path, force: bool, *others: Path | None) -> None:
        check_suffix(output, ".gif")
        check_target(output, force, *others)
        import acncodec.figures.sheet  # noqa: F401

        self._output, self._force = output, force
        self._seen: Watch | None = None

    def __call__(self, trainer: Trainer) -> Watch:
        """Begin to watch a run."""
        from acncodec.training.watch import Watch

        self._seen = Watch(trainer)
        return self._seen

    def write(self, model: str, data: str) -> None:
        """Write what was seen, of a training of `model` on `data`, and how it ended."""
        from acncodec.container import atomic_output
        from acncodec.figures.galleries import Source, training_frames
        from acncodec.figures.sheet import draw_sheet, gif
        from acncodec.sampling import at_levels

        if self._seen is None:
            return
        self._seen.look_last()
        given, drawn = self._seen.levels, self._seen.drawn_levels
        about = Source(model, drawn, 0, data, inked=given == 2 != drawn)
        originals = at_levels(self._seen.originals, given, drawn)
        sheets = training_frames(originals, self._seen.frames, about)
        content = gif([draw_sheet(sheet) for sheet in sheets], MILLISECONDS)
        with atomic_output(self._output, self._force) as file:
            file.write(content)
        say(f"{self._output}: {len(sheets)} frames of {len(self._seen.originals)} images")
