"""The committed results, and the commands that make each.

They lie by what is measured; a new one is one more line in its module.
"""

from steps import families, files, images, models, runs
from steps.step import RESULTS, Step

STEPS = (*files.STEPS, *models.STEPS, *families.STEPS, *runs.STEPS, *images.STEPS)
"""Every committed result."""

__all__ = ["RESULTS", "STEPS", "Step"]
