"""Explorations made up from seeds, and what a page holds, read back out of it."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from acncodec.analysis.image_costs import ImageCosts
from acncodec.explore.exploration import Exploration, Near, Plane, Subject, Tour
from acncodec.explore.library import Library

STUB = Library("0.0", ("const Bokeh = null;",), "a licence")
"""In place of the library, where no browser reads the page."""


def made_up(
    pixels: NDArray[Any], levels: int, labels: NDArray[Any] | None = None, near: int = 3,
    name: str = "made up",
) -> Exploration:  # fmt: skip
    """Some images (N, C, H, W) with everything that a page may tell, drawn from a seed."""
    count = len(pixels)
    rng = np.random.default_rng(0)
    others = np.array([rng.permutation(np.delete(np.arange(count), row)) for row in range(count)])
    planes = tuple(
        Plane(title, rng.standard_normal((count, 2)).astype(np.float32), axes)
        for title, axes in (("PCA", ("first", "second")), ("t-SNE", None))
    )
    return Exploration(
        Subject(name, "a model", count, "codes"), pixels, levels, np.arange(count), planes,
        (Near("code", others[:, :near]), Near("pixels", others[:, 1 : near + 1])),
        labels, ImageCosts(rng.uniform(20, 90, count), rng.uniform(5, 20, count)),
        Tour(rng.permutation(count), "greedy"),
    )  # fmt: skip


def data_of(page: str) -> dict[str, Any]:
    """The JSON that a page's script reads, its packed arrays made arrays."""
    (text,) = re.findall(
        r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL
    )
    value: dict[str, Any] = json.loads(text, object_hook=_unpacked)
    return value


def _unpacked(value: dict[str, Any]) -> Any:
    if "base64" not in value:
        return value
    return np.frombuffer(
        base64.b64decode(value["base64"]), np.dtype(value["type"]).newbyteorder("<")
    )


def sheets_of(page: str) -> list[Image.Image]:
    """The sheets of thumbnails in a page."""
    found = re.findall(r'<img alt="" src="data:image/\w+;base64,([^"]+)">', page)
    return [Image.open(io.BytesIO(base64.b64decode(text))) for text in found]
