"""`acncodec compress --verify`, and images that are read from the disk shard by shard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_types import Acn
from npz import arrays

from acncodec.codec import Reader, verification
from acncodec.images import load_dataset


def test_verify_compares_before_the_rename(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.npz"
    np.savez(other, **arrays(data_file) | {"y": np.zeros(40, np.int16)})
    wrong = load_dataset(other)
    monkeypatch.setattr(Reader, "read", lambda _archive: wrong)
    target = tmp_path / "a.acn"
    outcome = acn("compress", data_file, target, "--model", model_file, "--verify")
    assert outcome.code == 1
    assert "does not give back" in outcome.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.npz", "other.npz"]


def test_verify_reads_the_source_once_more(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source that changes while it is compressed: what was read came back, and yet."""
    read = Reader.read

    def while_decoding(archive: Reader) -> Any:
        np.savez(data_file, **arrays(data_file) | {"y": np.zeros(40, np.int16)})
        return read(archive)

    monkeypatch.setattr(Reader, "read", while_decoding)
    target = tmp_path / "a.acn"
    outcome = acn("compress", data_file, target, "--model", model_file, "--verify")
    assert outcome.code == 1
    assert "data.npz: the input has changed since it was read" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["data.npz"]


def test_warnings_come_once_with_verify(
    acn: Acn, model_file: Path, images: Any, tmp_path: Path
) -> None:
    source = tmp_path / "two.npz"
    np.savez(source, x=images[:20], other=images[20:])
    outcome = acn("compress", source, tmp_path / "a.acn", "--model", model_file, "--verify")
    assert outcome.code == 0 and outcome.err.count("acncodec: warning") == 1


@pytest.fixture
def npy_file(images: Any, tmp_path: Path) -> Path:
    path = tmp_path / "data.npy"
    np.save(path, images[:, 0] * np.uint8(255))
    return path


@pytest.mark.parametrize("order", ["keep", "any"])
def test_images_read_shard_by_shard(
    acn: Acn, npy_file: Path, model_file: Path, tmp_path: Path, order: str
) -> None:
    target, back = tmp_path / "a.acn", tmp_path / "b.npz"
    common = ("--model", model_file, "--shard-size", 15, "--order", order)
    outcome = acn("compress", npy_file, target, *common, "--verify", "--json")
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["bound_nats_per_image"] is None
    assert "warning: no bound: it would need all images in memory" in outcome.err
    assert acn("decompress", target, back, "--model", model_file).code == 0
    given = np.load(npy_file)
    with np.load(back) as arrays:
        assert sorted(map(bytes, arrays["x"])) == sorted(map(bytes, given))
        assert np.array_equal(arrays["x"], given) or order == "any"
    packed, source = tmp_path / "c.acn", tmp_path / "x.npz"
    np.savez(source, x=given)
    assert acn("compress", source, packed, *common, "--threads", 1).code == 0
    assert packed.read_bytes() == target.read_bytes()


def test_verify_notices_stored_images_that_change(
    acn: Acn, npy_file: Path, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, while and after the archive is compared with them."""
    given, holds, target = np.load(npy_file), verification.holds, tmp_path / "a.acn"
    common = ("compress", npy_file, target, "--model", model_file, "--shard-size", 15, "--verify")

    def changed(when: str) -> Any:
        def compare(*arguments: Any) -> bool:
            if when == "before":
                np.save(npy_file, 255 - given)
            same = holds(*arguments)
            np.save(npy_file, 255 - given)
            return same

        return compare

    for when in ("before", "after"):
        np.save(npy_file, given)
        monkeypatch.setattr(verification, "holds", changed(when))
        outcome = acn(*common)
        assert outcome.code == 1
        assert "data.npy: the input has changed since it was read" in outcome.err
    np.save(npy_file, given)
    monkeypatch.setattr(verification, "holds", lambda *_arguments: False)
    outcome = acn(*common)
    assert outcome.code == 1 and "does not give back what went in" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["data.npy"]
