"""Loss curves of a training run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from acncodec.figures.canvas import Plot
from acncodec.figures.extras import from_extra
from acncodec.figures.style import BLUE, FONT_POINTS, RED, hexadecimal
from acncodec.training.progress import Report

with from_extra("plots", "matplotlib"):
    from matplotlib.ticker import FuncFormatter, MaxNLocator

PRIORS = {
    "neighbour_kl_nats": "; KL to the prior given a neighbour's code, from the latent drawn",
    "trained_prior_kl_nats": "; KL to the prior that is trained too",
    "code_prior_nats": "; of codes, what the prior says of their indexes",
}
"""Of which prior a KL is (`Report.kl_name`)."""
SETTLED = 0.05
"""The scale leaves out what is dearer than the curve ever is after this part of the run."""


def losses(reports: Sequence[Report], title: str) -> bytes:
    """Sum, reconstruction cost and KL against steps, training and validation, as a PNG; or what
    stands in their places, each by its name."""
    steps = np.array([report.step for report in reports])
    kl = np.array([report.kl_nats for report in reports])
    reconstruction = np.array([report.reconstruction_nats for report in reports])
    checked = [
        (report.step, report.valid_kl_nats, report.valid_reconstruction_nats)
        for report in reports
        if report.valid_kl_nats is not None and report.valid_reconstruction_nats is not None
    ]
    valid = np.array(checked).reshape(-1, 3)
    names = reports[-1].names
    note = "Means between reports"
    if names is None:
        note += PRIORS.get(reports[-1].kl_name or "", "")
        latent = "codes" if reports[-1].kl_name == "code_prior_nats" else "KL"
        curves = [("reconstruction", reconstruction, valid[:, 2])]
        if kl.any():
            both = f"{latent} + reconstruction", kl + reconstruction, valid[:, 1] + valid[:, 2]
            curves = [both, *curves, (latent, kl, valid[:, 1])]
    else:
        curves = [(names[1].replace("_", " "), reconstruction, valid[:, 2])]
        if names[0]:
            curves.append((names[0].replace("_", " "), kl, valid[:, 1]))
    plot = Plot(title, (f"{note}.",), 9.0, 5.6)
    for panel, (name, trained, held) in zip(plot.axes(1, len(curves)), curves, strict=True):
        panel.plot(
            steps, trained, color=hexadecimal(BLUE), linewidth=0.9, label="training",
            marker="o" if len(steps) == 1 else None, markersize=2.5,
        )  # fmt: skip
        if len(held):
            panel.plot(
                valid[:, 0], held, color=hexadecimal(RED), linewidth=1.4, marker="o",
                markersize=2.5, label="validation",
            )  # fmt: skip
        settled = np.concatenate([trained[steps >= SETTLED * steps[-1]], held])
        low, high = settled.min(), settled.max()
        pad = 0.05 * (high - low) or 1.0
        panel.set(ylim=(low - pad, high + pad), xlim=(0, steps[-1]), xlabel="step")
        panel.set_title(name, fontsize=FONT_POINTS + 1)
        panel.xaxis.set_major_locator(MaxNLocator(4))
        panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    first = plot.figure.axes[0]
    first.set_ylabel("nats an image" if names is None else "an image")
    first.legend(frameon=False, fontsize=FONT_POINTS)
    return plot.png()
