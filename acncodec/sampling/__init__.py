"""Drawing images from a frozen model: samples, styles, reconstructions, walks and daydreams."""

from acncodec.sampling.chains import daydream, reconstruct, sample
from acncodec.sampling.draws import RandomMessage, pick_rows, stream, uniforms
from acncodec.sampling.images import draw_conditional, draw_pixels, draw_unconditional
from acncodec.sampling.kinds import at_levels, kind_to_draw, levels_drawn
from acncodec.sampling.walks import styles, walks

__all__ = [
    "RandomMessage",
    "at_levels",
    "daydream",
    "draw_conditional",
    "draw_pixels",
    "draw_unconditional",
    "kind_to_draw",
    "levels_drawn",
    "pick_rows",
    "reconstruct",
    "sample",
    "stream",
    "styles",
    "uniforms",
    "walks",
]
