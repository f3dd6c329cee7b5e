"""Public data sets: where their files lie, and the digests that say they are the right ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RemoteFile:
    """A gzipped IDX file: its name, the MD5 of its unpacked content, the most bytes it may be.

    MD5 is what the data set's publishers give; it guards against a wrong or damaged file.
    """

    name: str
    md5_unpacked: str
    unpacked_bytes: int

    @property
    def packed_limit(self) -> int:
        """No gzip of this content is larger: stored blocks cost 5 bytes in 65,535, plus frame."""
        return self.unpacked_bytes + self.unpacked_bytes // 1000 + 4096


@dataclass(frozen=True)
class Split:
    """A binarised file to be written: `x` drawn from `images` with `seed`, and `y`."""

    output: str
    images: str
    labels: str
    seed: int


@dataclass(frozen=True)
class DataSource:
    """A data set that `acncodec data fetch` knows."""

    name: str
    about: str
    url: str
    files: tuple[RemoteFile, ...]
    splits: tuple[Split, ...]
    note: str


MNIST = DataSource(
    name="mnist",
    about="70,000 handwritten digits, 28x28 grey, with labels (LeCun, Cortes, Burges)",
    url="https://ossci-datasets.s3.amazonaws.com/mnist/",
    files=(
        RemoteFile("train-images-idx3-ubyte.gz", "6bbc9ace898e44ae57da46a324031adb", 47_040_016),
        RemoteFile("train-labels-idx1-ubyte.gz", "a25bea736e30d166cdddb491f175f624", 60_008),
        RemoteFile("t10k-images-idx3-ubyte.gz", "2646ac647ad5339dbf082846283269ea", 7_840_016),
        RemoteFile("t10k-labels-idx1-ubyte.gz", "27ae3e4e09519cfbb04c329615203637", 10_008),
    ),
    splits=(
        Split("train-binary.npz", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", 2019),
        Split("test-binary.npz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", 2018),
    ),
    note=(
        "train-binary.npz and test-binary.npz hold one static draw, each pixel 1 with probability "
        "intensity/255 (numpy default_rng, seed 2019 for train, 2018 for test). The published "
        "figures use this draw; the last 10,000 training images are the validation split."
    ),
)

CATALOGUE: dict[str, DataSource] = {source.name: source for source in (MNIST,)}
