"""`acncodec plot`: codes, costs and training as pictures."""

from __future__ import annotations

import click

from .plot_codebook import codebook, maps
from .plot_codes import matrix, pca, tsne
from .plot_costs import costs
from .plot_losses import losses
from .session import common_options


@click.group()
@common_options
def plot() -> None:
    """Draw codes, costs or a training run as a PNG (needs the extra `plots`)."""


for command in (pca, tsne, matrix, maps, codebook, costs, losses):
    plot.add_command(command)
