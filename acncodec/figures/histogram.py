"""Bits of each image: how they are spread, and which images are the easiest and the hardest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.image_costs import ImageCosts
from acncodec.codec import NATS
from acncodec.figures.canvas import Plot, plain
from acncodec.figures.extras import from_extra
from acncodec.figures.style import BLUE, FONT_POINTS, LINE, RED, TEXT, hexadecimal, to_rgb

with from_extra("plots", "matplotlib"):
    from matplotlib.axes import Axes

SHOWN = 14
"""Images in each of the two rows."""
BINS = 60
ENLARGED = 16


def bits_per_image(
    costs: ImageCosts, pixels: NDArray[np.uint8], levels: int, title: str, notes: tuple[str, ...]
) -> bytes:
    """A histogram of the bits of images (N, C, H, W), and the images at its ends, as a PNG."""
    plot = Plot(title, notes, 9.4, 6.2)
    grid = plot.figure.add_gridspec(3, SHOWN, height_ratios=(3.4, 1, 1))
    _histogram(plot.figure.add_subplot(grid[0, :]), costs)
    order = np.argsort(costs.bits, kind="stable")
    for line, (name, rows) in enumerate((("easiest", order), ("hardest", order[::-1])), 1):
        for place in range(SHOWN):
            panel = plot.figure.add_subplot(grid[line, place])
            panel.set(xticks=[], yticks=[])
            for spine in panel.spines.values():
                spine.set(color=hexadecimal(LINE), linewidth=0.8, visible=place < len(rows))
            if place == 0:
                panel.set_ylabel(name, fontsize=FONT_POINTS, color=hexadecimal(TEXT))
            if place < len(rows):
                row = rows[place]
                # Enlarged first, so that pixels come out alike though the panel is no multiple.
                large = to_rgb(pixels[row], levels).repeat(ENLARGED, 0).repeat(ENLARGED, 1)
                panel.imshow(large)
                panel.set_xlabel(
                    f"{costs.bits[row]:.0f}", fontsize=FONT_POINTS, color=hexadecimal(TEXT)
                )
    return plot.png()


def _histogram(axes: Axes, costs: ImageCosts) -> None:
    plain(axes)
    bits = costs.bits
    counts, edges = np.histogram(bits, BINS)
    axes.bar(
        edges[:-1], counts, np.diff(edges), align="edge", color=hexadecimal(BLUE),
        edgecolor="white", linewidth=0.4,
    )  # fmt: skip
    mean = float(bits.mean())
    axes.axvline(mean, color=hexadecimal(RED), linewidth=1.2)
    axes.annotate(
        f"mean {mean:.1f} bits ({mean * NATS:.1f} nats):\n"
        f"reconstruction {costs.reconstruction_bits.mean():.1f}, KL {costs.kl_bits.mean():.1f}",
        (mean, 1.0), (8, -4), ("data", "axes fraction"), "offset points",
        va="top", fontsize=FONT_POINTS, color=hexadecimal(RED),
    )  # fmt: skip
    axes.set(xlabel="bits an image", ylabel="images", ylim=(0, 1.2 * counts.max()))
