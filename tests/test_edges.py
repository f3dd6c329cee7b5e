"""The edges of the whole program, through the command line: what goes wrong leaves nothing."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tiny import SIZE, blobs

from acncodec.container import FRAME_BYTES, read_header
from acncodec.models.frozen import FrozenModel
from acncodec_cli.main import run


@pytest.fixture
def folder(tiny_model: FrozenModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a model and a data set in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(tiny_model.to_bytes())
    images = np.repeat(blobs(30, 1)[:, 0], [2] * 3 + [1] * 27, 0)
    np.savez(
        tmp_path / "data.npz",
        x=images * 255,
        labels=np.arange(len(images)),
        ratio=np.full(len(images), np.nan, ">f4"),
        names=np.array([f"image {i}" for i in range(len(images))]),
        grid=np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    )
    return tmp_path


MODEL = ["--model", "model.safetensors"]


def names() -> list[str]:
    """What lies in the working folder."""
    return sorted(path.name for path in Path().iterdir())


def compress(*more: str, source: str = "data.npz", target: str = "data.acn") -> int:
    return run(["-q", "compress", source, target, *MODEL, *more])


def decompress(*more: str, source: str = "data.acn", target: str = "back.npz") -> int:
    return run(["-q", "decompress", source, target, *MODEL, *more])


def assert_arrays_equal(folder: Path) -> None:
    with np.load(folder / "data.npz") as given, np.load(folder / "back.npz") as back:
        assert given.files == back.files
        for name in given.files:
            assert given[name].dtype == back[name].dtype
            assert given[name].shape == back[name].shape
            assert given[name].tobytes("A") == back[name].tobytes("A")


def test_every_array_comes_back_in_its_order(folder: Path) -> None:
    assert compress("--verify") == 0 and decompress() == 0
    assert_arrays_equal(folder)


def test_a_fresh_process_with_other_threads_and_batch_opens_the_file(folder: Path) -> None:
    assert compress("--threads", "2", "--batch", "256", "--ordering", "tour") == 0
    command = [sys.executable, "-m", "acncodec_cli", "-q", "decompress", "data.acn", "back.npz"]
    subprocess.run([*command, *MODEL, "--threads", "1", "--batch", "7"], check=True)
    assert_arrays_equal(folder)
    again = ["--ordering", "tour", "--threads", "1", "--batch", "7"]
    assert compress(*again, target="again.acn") == 0
    assert Path("again.acn").read_bytes() == Path("data.acn").read_bytes()


def test_truncation_at_every_section_boundary(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compress() == 0
    whole = Path("data.acn").read_bytes()
    sections = read_header(Path("data.acn")).sections
    assert len(sections) == 3
    cuts = {0, 8, 14}
    for section in sections:
        end = section.offset + FRAME_BYTES + section.length
        cuts |= {section.offset, section.offset + 11, end - 4, end - 1}
    for cut in sorted(cuts):
        Path("cut.acn").write_bytes(whole[:cut])
        assert decompress(source="cut.acn") == 1
        assert run(["-q", "verify", "cut.acn", *MODEL]) == 1
        assert "Traceback" not in capsys.readouterr().err
        assert not Path("back.npz").exists()
    assert names() == ["cut.acn", "data.acn", "data.npz", "model.safetensors"]


def test_a_flipped_bit_in_every_section(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compress() == 0
    whole = Path("data.acn").read_bytes()
    spots = [3, 9, 12, 20, 50, 60]
    for section in read_header(Path("data.acn")).sections:
        spots += [section.offset + at for at in (0, 1, 5, 11, 11 + section.length // 2)]
        spots.append(section.offset + FRAME_BYTES + section.length - 1)
    for spot in spots:
        damaged = bytearray(whole)
        damaged[spot] ^= 4
        Path("bad.acn").write_bytes(damaged)
        assert decompress(source="bad.acn") == 1
        assert "Traceback" not in capsys.readouterr().err
        assert not Path("back.npz").exists()


def test_targets_that_exist_are_refused_and_untouched(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("data.acn").write_bytes(b"precious")
    assert compress() == 1
    assert Path("data.acn").read_bytes() == b"precious"
    assert "data.acn: exists; use -f" in capsys.readouterr().err
    assert compress("-f") == 0
    Path("back.npz").write_bytes(b"precious")
    assert decompress() == 1
    assert Path("back.npz").read_bytes() == b"precious"
    assert compress(source="data.npz", target="data.npz") == 1


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"x": np.zeros((3, SIZE, SIZE + 1), np.uint8)}, "model"),
        ({"x": np.arange(3 * SIZE * SIZE, dtype=np.uint8).reshape(3, SIZE, SIZE)}, "192 levels"),
        ({"x": np.full((3, SIZE, SIZE), np.nan, np.float32)}, "x"),
        ({"x": np.zeros((3, SIZE), np.uint8)}, "x"),
        ({"x": np.zeros((3, SIZE, SIZE), np.uint8), "o": np.array([{}], object)}, "unpickled"),
        ({"a": np.zeros((3, 4, 4), np.uint8), "b": np.zeros((3, 4, 4), np.uint8)}, "--images"),
        ({"y": np.zeros(3)}, "image"),
    ],
)
def test_data_that_cannot_be_taken_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], arrays: dict[str, np.ndarray], words: str
) -> None:
    np.savez("odd.npz", **arrays)  # type: ignore[arg-type]
    assert compress(source="odd.npz") == 1
    error = capsys.readouterr().err
    assert error.startswith("acncodec: odd.npz: ") and words in error
    assert not Path("data.acn").exists()


@pytest.mark.parametrize("dtype", ["bool", "uint8"])
def test_bool_and_fortran_ordered_images(folder: Path, dtype: str) -> None:
    images = np.asfortranarray(blobs(9, 2)[:, 0].astype(dtype))
    np.savez("data.npz", x=images)
    assert compress() == 0 and decompress() == 0
    with np.load("back.npz") as back:
        assert back["x"].dtype == images.dtype and np.array_equal(back["x"], images)


def test_missing_inputs_are_errors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compress(source="absent.npz") == 1
    assert decompress(source="absent.acn") == 1
    Path("empty").write_bytes(b"")
    assert run(["-q", "verify", "empty", "data.npz", *MODEL]) == 1
    error = capsys.readouterr().err
    assert all(name in error for name in ("absent.npz", "absent.acn", "empty", "data.npz"))


def test_a_full_disk_leaves_nothing(folder: Path) -> None:
    """A limit on the size of files stands in for the disk: the write itself fails."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))

    command = [sys.executable, "-m", "acncodec_cli", "-q", "compress", "data.npz", "data.acn"]
    result = subprocess.run(
        [*command, *MODEL], preexec_fn=limit, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "data.acn" in result.stderr and "Traceback" not in result.stderr
    assert names() == ["data.npz", "model.safetensors"]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupts_leave_nothing(folder: Path, number: int, status: int) -> None:
    def hear() -> None:
        signal.signal(number, signal.SIG_DFL)  # a shell may have its background jobs ignore it

    np.savez("data.npz", x=blobs(20_000, 3)[:, 0])
    before = names()
    command = [sys.executable, "-m", "acncodec_cli", "-q", "compress", "data.npz", "data.acn"]
    child = subprocess.Popen([*command, *MODEL], stderr=subprocess.PIPE, text=True, preexec_fn=hear)
    while names() == before and child.poll() is None:
        time.sleep(0.01)  # the temporary file shows that work has begun
    child.send_signal(number)
    _, error = child.communicate()
    assert child.returncode == status, error
    assert "Traceback" not in error
    assert names() == before
