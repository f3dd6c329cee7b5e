"""Public data sets: where their files lie, and the digests that say they are the right ones."""

from __future__ import annotations

from dataclasses import dataclass

from acncodec.data.faces import PARTS, Faces
from acncodec.data.splits import (
    BinaryPair,
    Characters,
    CifarRecords,
    Pair,
    RawClasses,
    Split,
    TextRows,
)


@dataclass(frozen=True)
class RemoteFile:
    """A file of a data set.

    Attributes:
        name: as its publishers call it; one that ends in `.gz` is gzipped.
        digest: `md5:` or `sha256:` and the digest of its content, of a gzipped file unpacked. It is
            what the publishers, or those who check them, give; it guards against a wrong or
            damaged file.
        content_bytes: the most that content may be.
        url: its address, where it is not the data set's and its name.
        folder: the name of what it is unpacked to, where that does as well.
    """

    name: str
    digest: str
    content_bytes: int
    url: str = ""
    folder: str = ""

    @property
    def is_gzipped(self) -> bool:
        """Whether the digest is that of the unpacked content."""
        return self.name.endswith(".gz") and not self.name.endswith(".tar.gz")

    @property
    def limit(self) -> int:
        """The most bytes the file may be: no gzip of its content is larger, since stored blocks
        cost 5 bytes in 65,535, plus frame."""
        return self.content_bytes + self.content_bytes // 1000 + 4096


@dataclass(frozen=True)
class Bundle:
    """A tar (gzipped) in which all files of a data set are published: `folder` is theirs in it."""

    file: RemoteFile
    folder: str


@dataclass(frozen=True)
class DataSource:
    """A data set that `acncodec data fetch` knows.

    Attributes:
        name: what to ask for.
        about: one line.
        origin: who made it, and what to cite.
        licence: under which it may be used.
        url: where its files are.
        files: all of them.
        splits: what is made of them.
        note: what the user should know of the result.
        keep: whether the files themselves are put beside what is made of them, which is where we
            can read them.
        bundle: the one file that holds all others, if that is how they are published.
        by_hand: whether its publishers hand the files out to people alone: `url` is their page.
    """

    name: str
    about: str
    origin: str
    licence: str
    url: str
    files: tuple[RemoteFile, ...]
    splits: tuple[Split, ...]
    note: str
    keep: bool = True
    bundle: Bundle | None = None
    by_hand: bool = False


_IDX = {
    "train images": ("train-images-idx3-ubyte.gz", 47_040_016),
    "train labels": ("train-labels-idx1-ubyte.gz", 60_008),
    "test images": ("t10k-images-idx3-ubyte.gz", 7_840_016),
    "test labels": ("t10k-labels-idx1-ubyte.gz", 10_008),
}


def _idx_files(**md5: str) -> tuple[RemoteFile, ...]:
    """The four files that MNIST and its like have."""
    return tuple(
        RemoteFile(name, f"md5:{md5[what.replace(' ', '_')]}", size)
        for what, (name, size) in _IDX.items()
    )


MNIST = DataSource(
    name="mnist",
    about="70,000 handwritten digits, 28x28 grey, with labels",
    origin="LeCun, Cortes, Burges: The MNIST database of handwritten digits, 1998",
    licence="commonly given as CC BY-SA 3.0",
    url="https://ossci-datasets.s3.amazonaws.com/mnist/",
    files=_idx_files(
        train_images="6bbc9ace898e44ae57da46a324031adb",
        train_labels="a25bea736e30d166cdddb491f175f624",
        test_images="2646ac647ad5339dbf082846283269ea",
        test_labels="27ae3e4e09519cfbb04c329615203637",
    ),
    splits=(
        BinaryPair(
            "train-binary.npz", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", 2019
        ),
        BinaryPair(
            "test-binary.npz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", 2018
        ),
    ),
    note=(
        "train-binary.npz and test-binary.npz hold one static draw, each pixel 1 with probability "
        "intensity/255 (numpy default_rng, seed 2019 for train, 2018 for test). The published "
        "figures use this draw; the last 10,000 training images are the validation split."
    ),
)

FASHION_MNIST = DataSource(
    name="fashion-mnist",
    about="70,000 photographs of clothes, 28x28 grey, with labels",
    origin="Xiao, Rasul, Vollgraf: Fashion-MNIST, arXiv:1708.07747, 2017",
    licence="MIT",
    url="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    files=_idx_files(
        train_images="f4a8712d7a061bf5bd6d2ca38dc4d50a",
        train_labels="9018921c3c673c538a1fc5bad174d6f9",
        test_images="8181f5470baa50b63fa0f6fddb340f0a",
        test_labels="15d484375f8d13e6eb1aabb0c3f46965",
    ),
    splits=(
        Pair("train.npz", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
        Pair("test.npz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
    ),
    note="train.npz and test.npz hold images x and labels y, in the order of the files.",
)

_BATCH_BYTES = 30_730_000
_CIFAR_MD5 = {
    "data_batch_1.bin": "5dd7e06a14cb22eb9f671a540d1b7c25",
    "data_batch_2.bin": "5ea93a67294ea407fff1d09f752e9692",
    "data_batch_3.bin": "942cd6a4bcdd0dd3c604fbe906cb4421",
    "data_batch_4.bin": "ae636b3ba5c66a11e91e8cb52e771fcb",
    "data_batch_5.bin": "53f37980c15c3d472c316c40844f3f0d",
    "test_batch.bin": "803d5f7f4d78ea53de84dbe85f74fb6d",
}

CIFAR10 = DataSource(
    name="cifar10",
    about="60,000 photographs of 10 classes, 32x32 RGB, with labels",
    origin="Krizhevsky: Learning Multiple Layers of Features from Tiny Images, 2009",
    licence="none stated; the authors ask to cite the report",
    url="https://www.cs.toronto.edu/~kriz/",
    files=tuple(
        RemoteFile(name, f"md5:{digest}", _BATCH_BYTES) for name, digest in _CIFAR_MD5.items()
    ),
    splits=(
        CifarRecords("train.npz", tuple(name for name in _CIFAR_MD5 if name != "test_batch.bin")),
        CifarRecords("test.npz", ("test_batch.bin",)),
    ),
    note=(
        "train.npz and test.npz hold images x (N, 3, 32, 32) and labels y; the .bin files are read "
        "as they are, too. A usual validation split is the last 5,000 training images."
    ),
    bundle=Bundle(
        RemoteFile("cifar-10-binary.tar.gz", "md5:c32a1d4ab5d03f1284b67883e8d87530", 170_052_171),
        "cifar-10-batches-bin",
    ),
)

MNIST_STATIC = DataSource(
    name="mnist-static",
    about="70,000 binary digits, 28x28, the static draw of published figures, without labels",
    origin=(
        "Salakhutdinov, Murray: On the Quantitative Analysis of Deep Belief Networks, 2008; "
        "Larochelle, Murray: The Neural Autoregressive Distribution Estimator, 2011"
    ),
    licence="as MNIST",
    url="http://www.cs.toronto.edu/~larocheh/public/datasets/binarized_mnist/",
    files=tuple(
        RemoteFile(f"binarized_mnist_{name}.amat", f"sha256:{digest}", size)
        for name, digest, size in (
            (
                "train", "ad693b29f94c14277b095f5238ddefbbdaaae0939789dd2f4f0205278cee3e4d",
                78_400_000,
            ),
            (
                "valid", "1de3d397c40fe8eeb33dafd4099a1f665ec01e96d9be234aaeeac8a34930e2e2",
                15_680_000,
            ),
            (
                "test", "e6687bfea3f820c174f33b7865140b2a2dd2930ef786f35d45795fc193b5ab2c",
                15_680_000,
            ),
        )
    ),
    splits=tuple(
        TextRows(f"{name}.npz", f"binarized_mnist_{name}.amat", 28)
        for name in ("train", "valid", "test")
    ),
    note=(
        "train.npz (50,000 images), valid.npz and test.npz (10,000 each) hold images x of 0 and 1. "
        "It is another draw, and another order, than that of `mnist`."
    ),
    keep=False,
)  # fmt: skip

OMNIGLOT = DataSource(
    name="omniglot",
    about="4,840 handwritten characters, 105x105 binary: the two small background sets",
    origin=(
        "Lake, Salakhutdinov, Tenenbaum: Human-level concept learning through probabilistic "
        "program induction, Science, 2015"
    ),
    licence="MIT",
    url="https://raw.githubusercontent.com/brendenlake/omniglot/master/python/",
    files=(
        RemoteFile(
            "images_background_small1.zip",
            "sha256:f38eb80f801274ac2b4dff5b24289016bfaba4a7d5bb50deebf27104ad6cb8a4",
            16 << 20, folder="images_background_small1",
        ),
        RemoteFile(
            "images_background_small2.zip",
            "sha256:3ccaa407515a8778e5d0861875af38b17e418f301ad5bb3b5a6b65d901a41c7f",
            16 << 20, folder="images_background_small2",
        ),
    ),
    splits=(
        Characters(
            "train.npz", "images_background_small1.zip", (),
            "68f52b3b11a717d502f2325f00c17ff4f46becef4359550f6e17eed458914a6d",
        ),
        Characters(
            "test.npz", "images_background_small2.zip", ("Greek", "Latin"),
            "0fed58a0ad61f1157cb9e89c5dea80666f7f69eeb687e8088e19644e3ee7df31",
        ),
    ),
    note=(
        "train.npz holds 2,720 images of 136 characters, test.npz 2,120 of 106 characters of other "
        "alphabets: x is 1 where there is ink, y the character, numbered within each file."
    ),
    keep=False,
)  # fmt: skip

_DOODLES = "https://raw.githubusercontent.com/CodingTrain/Toy-Neural-Network-JS/"
_DOODLES_FOLDER = "examples/doodle_classification/data/"
_DOODLES_COMMIT = "cadf9c282aa1d18686e913e626a331038246eca7"
_RAINBOWS_COMMIT = "867579ae3344e8b86b7890cbf4a840f1b28456b4"
_DOODLE_FILES = ("cats1000.bin", "rainbows1000.bin", "trains1000.bin")

QUICKDRAW = DataSource(
    name="quickdraw",
    about="3,000 doodles of cats, rainbows and trains, 28x28 grey, with labels",
    origin='Google: The "Quick, Draw!" dataset; the pieces of the Coding Train\'s example',
    licence="CC BY 4.0",
    url=f"{_DOODLES}{_DOODLES_COMMIT}/{_DOODLES_FOLDER}",
    files=tuple(
        RemoteFile(name, f"sha256:{digest}", 784_000, f"{_DOODLES}{commit}/{_DOODLES_FOLDER}{name}")
        for name, commit, digest in zip(
            _DOODLE_FILES,
            (_DOODLES_COMMIT, _RAINBOWS_COMMIT, _DOODLES_COMMIT),
            (
                "f0bf71131cbe74e2eb8bfbdb1839ce00fb71052f00714b4ce0ac536ec2993e8e",
                "63d27ef67455394a7730cfc2760017ffe78e686253da1d388e67d5a29156debf",
                "ba058382467471cf3d73813b0cd82e559b875460f70eb7fd766e25e480608513",
            ),
            strict=True,
        )
    ),
    splits=(
        RawClasses("train.npz", _DOODLE_FILES, 28, slice(None, 800)),
        RawClasses("test.npz", _DOODLE_FILES, 28, slice(800, None)),
    ),
    note=(
        "train.npz holds the first 800 of each class, test.npz the last 200: images x and the "
        "class y (0 cat, 1 rainbow, 2 train). The split and the digests are ours."
    ),
    keep=False,
)

CELEBA = DataSource(
    name="celeba",
    about="202,599 faces of celebrities, cut square and made 32x32, RGB, without labels",
    origin="Liu, Luo, Wang, Tang: Deep Learning Face Attributes in the Wild, ICCV 2015",
    licence="for research that is not commercial, by agreement with its authors",
    url="https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
    files=(
        RemoteFile(
            "img_align_celeba.zip", "md5:00d2c5bc6d35e252742224ab0c1e8fcb", 1_600_000_000,
            folder="img_align_celeba",
        ),
        RemoteFile("list_eval_partition.txt", "md5:d32c9cbf5e040fd4025c592c306e6668", 8 << 20),
    ),
    splits=tuple(
        Faces(f"{part}.npz", "img_align_celeba.zip", "list_eval_partition.txt", part, 32)
        for part in PARTS
    ),
    note=(
        "train.npz, valid.npz and test.npz hold images x (N, 32, 32, 3), the parts as published: "
        "of each picture the largest square about its middle, 178x178, and the mean colours in it."
    ),
    keep=False,
    by_hand=True,
)  # fmt: skip

CATALOGUE: dict[str, DataSource] = {
    source.name: source
    for source in (MNIST, MNIST_STATIC, FASHION_MNIST, CIFAR10, OMNIGLOT, QUICKDRAW, CELEBA)
}
