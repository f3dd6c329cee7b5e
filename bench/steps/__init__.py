"""The committed results, and the commands that make each.

They lie by what is measured; a new one is one more line in its module.
"""

from steps import families, files, images, models, runs, static
from steps.step import RESULTS, Step

STEPS = (
    *files.STEPS, *static.STEPS, *models.STEPS, *families.STEPS, *runs.STEPS, *images.STEPS,
)  # fmt: skip
"""Every committed result."""

__all__ = ["RESULTS", "STEPS", "Step"]
