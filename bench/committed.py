"""The committed results, as the pages' tables read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"


def load(name: str) -> dict[str, Any]:
    """A committed result."""
    result: dict[str, Any] = json.loads((RESULTS / name).read_text(encoding="utf-8"))
    return result


def of_draws(name: str) -> list[str]:
    """The result of the paper's draw of MNIST's test images, if that was measured, and that of the
    bundled one: of a table, the first has all columns, and a second one stands beside."""
    static = f"static/{name}"
    return [static, name] if (RESULTS / static).exists() else [name]
