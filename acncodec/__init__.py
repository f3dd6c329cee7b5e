"""acncodec: lossless compression of a set of images as one thing.

    data = acncodec.compress(images)            an array of images, or a list of them, to bytes
    images = acncodec.decompress(data)          the same again
    with acncodec.open("x.acn") as archive:     len(archive), archive[i], archive[a:b]
        arrays = archive.arrays
    model = acncodec.load_model("grey")         a bundled model, or a model file
    model = acncodec.train(images, minutes=9)   one for images like these

Each is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from acncodec.errors import AcnError

if TYPE_CHECKING:
    from acncodec.face.coding import compress, decompress
    from acncodec.face.coding import open_archive as open  # noqa: A004  as `gzip.open`
    from acncodec.face.models import load_model, train

__version__ = "0.1.0"

__all__ = ["AcnError", "compress", "decompress", "load_model", "open", "train"]

_PLACES = {
    "compress": ("acncodec.face.coding", "compress"),
    "decompress": ("acncodec.face.coding", "decompress"),
    "open": ("acncodec.face.coding", "open_archive"),
    "load_model": ("acncodec.face.models", "load_model"),
    "train": ("acncodec.face.models", "train"),
}


def __getattr__(name: str) -> Any:
    """What is imported when it is first asked for (PEP 562)."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, wanted = _PLACES[name]
    found = globals()[name] = getattr(import_module(module), wanted)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
