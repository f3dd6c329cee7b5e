"""Drawing images from a frozen model: samples, reconstructions, daydreams."""

from acncodec.sampling.chains import daydream, reconstruct, sample
from acncodec.sampling.draws import RandomMessage, pick_rows, stream, uniforms
from acncodec.sampling.images import draw_conditional, draw_pixels, draw_unconditional
from acncodec.sampling.kinds import kind_to_draw

__all__ = [
    "RandomMessage",
    "daydream",
    "draw_conditional",
    "draw_pixels",
    "draw_unconditional",
    "kind_to_draw",
    "pick_rows",
    "reconstruct",
    "sample",
    "stream",
    "uniforms",
]
