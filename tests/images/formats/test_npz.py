from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.formats import npz as module
from acncodec.images.formats.npz import load_npz, save_arrays, save_npz
from acncodec.images.recognised import recognise

X = np.random.default_rng(2).integers(0, 2, (6, 4, 5), dtype=np.uint8)


def npz(arrays: dict[str, Any], *, compressed: bool = True) -> bytes:
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **arrays)
    return file.getvalue()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def load(data: bytes, **caps: int) -> dict[str, Any]:
    return load_npz(io.BytesIO(data), **caps)


@pytest.mark.parametrize("compressed", [True, False])
def test_reads_what_numpy_writes(compressed: bool) -> None:
    arrays: dict[str, Any] = {
        "y": np.arange(6),
        "a/b": np.asfortranarray(np.eye(3)),
        "x": X,
        "0": np.array(3),
    }
    found = load(npz(arrays, compressed=compressed))
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert found[name].flags.f_contiguous == array.flags.f_contiguous
        assert np.array_equal(found[name], array)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods(method: int) -> None:
    assert np.array_equal(load(zipped({"x.npy": npy(X)}, method))["x"], X)


@pytest.mark.parametrize("compressed", [True, False])
def test_save_gives_everything_back(compressed: bool) -> None:
    nan = np.array([0x7FF8_0000_0000_0123], dtype=np.uint64).view(np.float64)
    arrays = {
        "file": np.arange(6, dtype=">u2"),
        "": nan,
        "x": X * 255,
        "a/b": np.asfortranarray(np.eye(2)),
        "漢字.npy": np.array(["p", "qr"]),
        "self": np.array(1),
        "nothing": np.zeros((0, 3), dtype="S4"),
    }
    data = recognise(arrays)
    file = io.BytesIO()
    save_npz(file, data, compressed=compressed)
    found = load(file.getvalue())
    with np.load(io.BytesIO(file.getvalue())) as archive:
        assert archive.files == list(arrays)
        for name, array in arrays.items():
            assert found[name].dtype == array.dtype
            assert archive[name].tobytes() == found[name].tobytes() == array.tobytes()


def test_saving_is_deterministic(monkeypatch: pytest.MonkeyPatch) -> None:
    data = recognise({"y": np.arange(6), "x": X})
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        save_npz(file, data)
        monkeypatch.setattr("time.time", lambda: 2e9)
    assert files[0].getvalue() == files[1].getvalue()


def test_objects_are_never_unpickled() -> None:
    with pytest.raises(DataError, match=r"'y\.npy'.*nothing is ever unpickled"):
        load(zipped({"y.npy": npy(np.array([None], dtype=object))}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_are_there_twice() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x.npy", npy(X))
        archive.writestr("x.npy", npy(X))
    with pytest.raises(DataError, match="'x' is there twice"):
        load(file.getvalue())
    with pytest.raises(DataError, match="'x' is there twice"):
        load(zipped({"x.npy": npy(X), "x": npy(X)}))


def test_members_that_are_no_arrays() -> None:
    with pytest.raises(DataError, match=r"'readme\.txt': is not a \.npy"):
        load(zipped({"readme.txt": b"hello, world"}))
    assert load(zipped({})) == {}


def test_every_truncation_is_an_error() -> None:
    data = npz({"x": X, "y": np.arange(6)})
    for length in range(4, len(data)):
        with pytest.raises(DataError):
            load(data[:length])


def test_every_damaged_byte_is_an_error_or_harmless() -> None:
    arrays = {"x": X[:2, :2, :2], "y": np.arange(2, dtype=np.uint8)}
    data = npz(arrays)
    for position in range(len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 0x55
        try:
            found = load(bytes(damaged))
        except DataError:
            continue
        # A name is under no checksum, nor is the list of members; what is in them is.
        whole = {array.tobytes() for array in arrays.values()}
        assert {array.tobytes() for array in found.values()} <= whole


def test_a_bomb_is_refused_before_memory_is_taken() -> None:
    header = {"descr": "|u1", "fortran_order": False, "shape": (1 << 40, 1, 1)}
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, header)
    with pytest.raises(DataError, match="takes 1099511627776 bytes, but 0"):
        load(zipped({"x.npy": file.getvalue()}))
    with pytest.raises(DataError, match="limit of 1000"):
        load(zipped({"x.npy": npy(np.zeros(1000))}), max_bytes=1000)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_size_that_is_a_lie(method: int) -> None:
    """The directory claims 1 GiB for a member, and the array's header agrees."""
    nbytes = 1 << 30
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": "|u1", "fortran_order": False, "shape": (nbytes,)}
    )
    data = bytearray(zipped({"x.npy": file.getvalue()}, method))
    directory = data.index(b"PK\1\2")
    struct.pack_into("<I", data, directory + 24, nbytes + len(file.getvalue()))
    with pytest.raises(DataError, match="claims"):
        load(bytes(data))


def test_encrypted_members() -> None:
    data = bytearray(zipped({"x.npy": npy(X)}))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    with pytest.raises(DataError, match="encrypted"):
        load(bytes(data))


def test_named_arrays_come_back_and_their_bytes_do_not_change() -> None:
    arrays = [("b", X), ("a", np.array(["one", "two"])), ("file", np.float32(2.5) * np.ones(3))]
    files = []
    for _ in range(2):
        file = io.BytesIO()
        save_arrays(file, arrays)
        files.append(file.getvalue())
    assert files[0] == files[1]
    back = load(files[0])
    assert list(back) == ["b", "a", "file"]
    assert all(np.array_equal(back[name], array) for name, array in arrays)


def test_a_zip_of_pictures_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/0.png", b"\x89PNG\r\n\x1a\n" + bytes(40))
    message = r"is a zip, but no \.npz: it holds the picture 'a/0\.png'; unpack it"
    with path.open("rb") as file, pytest.raises(DataError, match=message):
        load_npz(file)


def test_too_many_arrays_are_refused_before_they_are_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = npz({f"x/{at}": X[at] for at in range(3)})
    monkeypatch.setattr(module, "MAX_ARRAYS", 2)
    monkeypatch.setattr("zipfile.ZipFile", lambda *_: pytest.fail("listed"))
    with pytest.raises(DataError, match="more than 2 arrays; give them in parts"):
        load(data)
