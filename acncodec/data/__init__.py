"""The bundled images, and public data sets with their digests."""

from pathlib import Path

from acncodec.data.catalogue import CATALOGUE, DataSource, RemoteFile
from acncodec.data.fetch import fetch

__all__ = ["CATALOGUE", "DataSource", "RemoteFile", "bundled", "fetch", "sprites"]


def bundled() -> Path:
    """The binarised MNIST test set: `x` uint8 {0,1} (10000, 28, 28) and the labels `y`."""
    return Path(__file__).parent / "mnist-test-binary.npz"


def sprites() -> Path:
    """500 tiles of a game (CC0): `x` uint8 (500, 32, 32, 3), and `names` of files in folders."""
    return Path(__file__).parent / "sprites.npz"
