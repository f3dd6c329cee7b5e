"""The measured tables of auto-encoders: what their codes tell, and what was chosen by what."""

from __future__ import annotations

from typing import Any

from committed import RESULTS, load
from picture_tables import MISSING, table_head, table_row

WORDS = {
    "style-8": "with 8 features",
    "style-8-without-noise": "and no noise",
    "style-8-plain": "nor a penalty; the weight 10 from the first",
    "style-8-quick": "and the discriminator thrice as quick",
}
"""What the models of `bench/auto_encoders.py` are that are not a preset as it is."""


def auto_encoders() -> str:
    """Models trained for the table of families, on test images."""
    return _table("auto-encoders.json")


def style_choices() -> str:
    """What `style` is without one thing after the other, on images held back."""
    return _table("style-choices.json")


def _table(name: str) -> str:
    if not (RESULTS / name).exists():
        return MISSING
    found = load(name)
    lines = table_head(
        "", "features", "linear", "5 nearest", "distance from a Gaussian", "squared error",
        "of that of class means", "steps", "minutes",
    )  # fmt: skip
    lines += [_line(row) for row in found["rows"]]
    tried = "images held back" if found["tried_on"] == "held back" else "test images"
    return "\n".join([*lines, "", f"{found['images']:,} {tried}."])


def _line(row: dict[str, Any]) -> str:
    return table_row(
        WORDS.get(row["model"], f"`{row['model']}`"), str(row["dimensions"]),
        f"{row['linear_accuracy']:.1%}", f"{row['knn_accuracy']:.1%}",
        f"{row['normality']['share']:.5f}", f"{row['squared_error']:.1f}",
        f"{row['share_of_class_means']:.3f}", f"{row['steps']:,}", f"{row['minutes']:.1f}",
    )  # fmt: skip
