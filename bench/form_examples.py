"""A small example of each form of data that is taken, and of what is refused."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

GREY = np.random.default_rng(5).integers(0, 200, (6, 4, 4), np.uint8)
LABELS = np.arange(6) % 3
NAMES = ("cat/1.png", "cat/2.png", "dog/1.png")


@dataclass(frozen=True)
class Example:
    """A form of data.

    name: what the page calls it; make: writes an example to a folder, and gives what stands for
    DATA; options: what is said beside.
    """

    name: str
    make: Callable[[Path], list[Path]]
    options: tuple[str, ...] = ()


def png(image: NDArray[Any]) -> bytes:
    """A PNG."""
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()


def npz(**arrays: Any) -> Callable[[Path], list[Path]]:
    """An .npz of arrays."""

    def make(folder: Path) -> list[Path]:
        np.savez(folder / "a.npz", **arrays)
        return [folder / "a.npz"]

    return make


def file(name: str, content: bytes) -> Callable[[Path], list[Path]]:
    """A file of such content."""

    def make(folder: Path) -> list[Path]:
        (folder / name).write_bytes(content)
        return [folder / name]

    return make


def npy(folder: Path) -> list[Path]:
    """An .npy."""
    np.save(folder / "a.npy", GREY)
    return [folder / "a.npy"]


def idx(array: NDArray[np.uint8]) -> bytes:
    """An IDX file of bytes."""
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + (
        array.tobytes()
    )  # fmt: skip


def idx_and_labels(folder: Path) -> list[Path]:
    """A pair of IDX files, the labels in a place that the options name."""
    (folder / "images-idx3-ubyte").write_bytes(idx(GREY))
    return [folder / "images-idx3-ubyte"]


def table(folder: Path) -> list[Path]:
    """A CSV with a header."""
    header = "label," + ",".join(f"pixel{at}" for at in range(16))
    rows = np.c_[LABELS, GREY.reshape(6, 16)]
    np.savetxt(folder / "a.csv", rows, fmt="%d", delimiter=",", header=header, comments="")
    return [folder / "a.csv"]


def amat(folder: Path) -> list[Path]:
    """A table of numbers and blanks, labels last."""
    np.savetxt(folder / "a.amat", np.c_[GREY.reshape(6, 16) % 2, LABELS], fmt="%.4f")
    return [folder / "a.amat"]


def mat(folder: Path) -> list[Path]:
    """A .mat as MATLAB and SciPy write one."""
    from scipy.io import savemat

    savemat(folder / "a.mat", {"x": GREY, "y": LABELS[:, None]})
    return [folder / "a.mat"]


def parquet(columns: Callable[[Any], dict[str, Any]]) -> Callable[[Path], list[Path]]:
    """A Parquet file of columns that are made with pyarrow."""

    def make(folder: Path) -> list[Path]:
        import pyarrow
        import pyarrow.parquet

        pyarrow.parquet.write_table(pyarrow.table(columns(pyarrow)), folder / "a.parquet")
        return [folder / "a.parquet"]

    return make


def struct_of(arrow: Any, contents: list[bytes | None]) -> Any:
    """A column as the library `datasets` writes one."""
    kind = arrow.struct([("bytes", arrow.binary()), ("path", arrow.string())])
    rows = [{"bytes": one, "path": f"{at}.png"} for at, one in enumerate(contents)]
    return arrow.array(rows, kind)


def zarr(folder: Path) -> list[Path]:
    """A Zarr group."""
    import zarr as library

    group = library.create_group(str(folder / "a.zarr"))
    group.create_array("x", data=GREY)
    group.create_array("y", data=LABELS)
    return [folder / "a.zarr"]


def pictures(images: dict[str, bytes]) -> Callable[[Path], list[Path]]:
    """A folder of files."""

    def make(folder: Path) -> list[Path]:
        for name, content in images.items():
            path = folder / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return [folder / "in"]

    return make


def zipped(images: dict[str, bytes]) -> bytes:
    """A zip of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in images.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(images: dict[str, bytes], link: str = "") -> bytes:
    """A tar of files, and of a link."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in images.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        if link:
            info = tarfile.TarInfo(link)
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/hostname"
            archive.addfile(info)
    return out.getvalue()


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """A picture in some format."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def two_files(folder: Path) -> list[Path]:
    """An .npy and an .npz."""
    np.save(folder / "a.npy", GREY[:4])
    np.savez(folder / "b.npz", x=GREY[4:], y=LABELS[4:])
    return [folder / "a.npy", folder / "b.npz"]


def two_sizes(folder: Path) -> list[Path]:
    """Two .npy, whose images are of two sizes."""
    np.save(folder / "a.npy", GREY)
    np.save(folder / "b.npy", GREY[:, 1:])
    return [folder / "a.npy", folder / "b.npy"]


def objects(folder: Path) -> list[Path]:
    """An .npz with an array of Python objects."""
    boxes = np.empty(6, object)
    boxes[:] = [[1] * (at % 3) for at in range(6)]
    np.savez(folder / "a.npz", x=GREY, boxes=boxes)
    return [folder / "a.npz"]


ALIKE = {name: png(image) for name, image in zip(NAMES, GREY, strict=False)}
SIZES = ALIKE | {"dog/wide.png": png(np.repeat(GREY[0], 2, 1)), "mask.png": png(GREY[1] > 99)}
SHARD = {
    f"{at:04}.{ending}": content
    for at, image in enumerate(GREY[:3])
    for ending, content in (("png", png(image)), ("cls", b"%d" % (at % 2)))
}
ANIMATION = saved(
    Image.fromarray(GREY[0]), "GIF", save_all=True, append_images=[Image.fromarray(GREY[1])]
)
MAT_73 = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(128) + b"\x89HDF\r\n\x1a\n" + bytes(500)

TAKEN = (
    Example(".npz", npz(x=GREY, y=LABELS, note=np.array("made by hand"))),
    Example(
        ".npz of splits, as Keras and MedMNIST have them",
        npz(x_train=GREY[:4], y_train=LABELS[:4], x_test=GREY[4:], y_test=LABELS[4:]),
    ),
    Example(".npz of rows, H x W a square", npz(x=GREY.reshape(6, 16))),
    Example(".npz of rows, `--layout 2x8`", npz(x=GREY.reshape(6, 16)), ("--layout", "2x8")),
    Example(".npz of floats k/255", npz(x=(GREY / 255).astype(np.float32))),
    Example(".npz of int64", npz(x=GREY.astype(np.int64))),
    Example(".npy", npy),
    Example("IDX", idx_and_labels),
    Example("IDX, gzipped", file("a.gz", gzip.compress(idx(GREY)))),
    Example("CIFAR-10's binary form", file("a.bin", bytes([1, *bytes(3072), 2, *bytes(3072)]))),
    Example("CSV: `label,pixel0,...`", table),
    Example(".amat, rows with a label at their end", amat),
    Example(".mat to version 7", mat),
    Example(
        "Parquet of pictures",
        parquet(lambda arrow: {"image": struct_of(arrow, [png(one) for one in GREY[:3]])}),
    ),
    Example(
        "Parquet of pictures of several sizes, and labels",
        parquet(
            lambda arrow: {
                "image": arrow.array([png(GREY[0]), png(GREY[0, :2])]), "label": arrow.array([1, 2])
            }
        ),
    ),
    Example(
        "Parquet of lists",
        parquet(lambda arrow: {"x": arrow.array(GREY.reshape(6, 16).tolist())}),
    ),
    Example("Zarr", zarr),
    Example("a folder of pictures, a folder a class", pictures(ALIKE)),
    Example("a folder of pictures of several sizes and modes", pictures(SIZES)),
    Example("a zip of pictures", file("a.zip", zipped(SIZES))),
    Example("a tar of pictures and labels (WebDataset)", file("a.tar.gz", tarred(SHARD))),
    Example("several: `a.npy b.npz`", two_files),
)  # fmt: skip

REFUSED = (
    Example("an empty file", file("a.npz", b"")),
    Example("content of no known format", file("a.dat", b"\x07 hello\n")),
    Example("a pickle, such as CIFAR's Python version", file("a", pickle.dumps([1, 2]))),
    Example(".npz with an array of Python objects", objects),
    Example(".npz without images", npz(y=LABELS)),
    Example(".npz of two arrays of images", npz(left=GREY, right=GREY)),
    Example(".npz of floats of many values", npz(x=np.random.default_rng(0).random((60, 4, 4)))),
    Example(".npz with a NaN", npz(x=np.full((6, 4, 4), np.nan))),
    Example(".npz of rows, H x W no square", npz(x=np.zeros((6, 60), np.uint8))),
    Example(".mat of version 7.3", file("a.mat", MAT_73)),
    Example(
        "Parquet with paths alone",
        parquet(lambda arrow: {"image": struct_of(arrow, [png(GREY[0]), None])}),
    ),
    Example("one picture", file("a.png", png(GREY[0]))),
    Example("a folder without pictures", pictures({"readme.txt": b"hello"})),
    Example(
        "a folder with a JPEG, without `--decode-jpeg`",
        pictures({"a.jpg": saved(Image.fromarray(GREY[0]), "JPEG")}),
    ),
    Example("a folder with an animation", pictures({"a.gif": ANIMATION})),
    Example(
        "a zip with a name that leads elsewhere",
        file("a.zip", zipped({"../a.png": png(GREY[0])})),
    ),
    Example("a tar with a link", file("a.tar.gz", tarred(SHARD, "b.png"))),
    Example("several of two sizes: `a.npy b.npy`", two_sizes),
)  # fmt: skip
