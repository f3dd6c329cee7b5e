"""`acncodec compress`: what it refuses, and what is left behind then."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from cli_types import Acn
from optional import needs_torchac
from tiny import blobs

from acncodec.codec import CompressOptions
from acncodec.images import DataSet
from acncodec.models.frozen import FrozenModel
from acncodec.stack.torchac_backend import load_torchac


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--ordering", "urn"), 1),
        (("--order", "any", "--alpha", 10), 1),
        (("--order", "any", "--ordering", "set", "--kernel", 10), 1),
        (("--order", "any", "--ordering", "urn", "--alpha", 0), 2),
        (("--order", "any", "--ordering", "urn", "--kernel", 5000), 2),
    ],
)
def test_what_does_not_go_with_an_urn_is_refused(
    acn: Acn,
    data_file: Path,
    model_file: Path,
    tmp_path: Path,
    options: tuple[object, ...],
    code: int,
) -> None:
    archive = tmp_path / "a.acn"
    assert acn("compress", data_file, archive, "--model", model_file, *options).code == code
    assert not archive.exists()


def test_an_existing_target_is_refused_before_any_work(
    acn: Acn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data_file: Path, model_file: Path
) -> None:
    target = tmp_path / "a.acn"
    target.write_bytes(b"mine")
    with monkeypatch.context() as patch:
        patch.setattr("acncodec.images.load_any", None)
        outcome = acn("compress", data_file, target, "--model", model_file)
    assert outcome.code == 1
    assert outcome.err == f"acncodec: {target}: exists; use -f to overwrite it\n"
    assert target.read_bytes() == b"mine"
    assert acn("compress", data_file, target, "--model", model_file, "-f").code == 0
    assert acn("verify", target, "--model", model_file).code == 0


@pytest.mark.parametrize("alias", ["same", "link", "dotted"])
def test_the_source_is_never_the_target(
    acn: Acn, data_file: Path, model_file: Path, alias: str
) -> None:
    before = data_file.read_bytes()
    target = data_file
    if alias == "link":
        target = data_file.with_name("link")
        target.symlink_to(data_file)
    if alias == "dotted":
        target = Path(f"{data_file.parent}/../{data_file.parent.name}/{data_file.name}")
    outcome = acn("compress", data_file, target, "--model", model_file, "-f")
    assert outcome.code == 1
    assert "is the input" in outcome.err
    assert data_file.read_bytes() == before


def test_the_model_is_never_the_target(
    acn: Acn, data_file: Path, archive: Path, model_file: Path, tmp_path: Path
) -> None:
    """An archive in the place of the only model that opens it could never be opened."""
    model = tmp_path / "model.npz"  # a name that decompress would write to
    model.write_bytes(model_file.read_bytes())
    for command, source in (("compress", data_file), ("decompress", archive)):
        outcome = acn(command, source, model, "--model", model, "-f")
        assert outcome.code == 1 and "is the input" in outcome.err
    assert model.read_bytes() == model_file.read_bytes()


@pytest.mark.parametrize(
    ("target", "cause"),
    [
        (".", "is a folder"),
        ("/dev/null", "is not a regular file"),
        ("missing/a.acn", "does not exist"),
    ],
)
def test_targets_that_cannot_be(
    acn: Acn, data_file: Path, model_file: Path, target: str, cause: str
) -> None:
    outcome = acn("compress", data_file, target, "--model", model_file, "-f")
    assert outcome.code == 1
    assert outcome.err.startswith(f"acncodec: {target}: ")
    assert cause in outcome.err


def test_a_missing_source_is_named(acn: Acn, tmp_path: Path) -> None:
    outcome = acn("compress", tmp_path / "none.npz", tmp_path / "a.acn")
    assert outcome.code == 1
    assert outcome.err.startswith(f"acncodec: {tmp_path / 'none.npz'}: ")
    assert "Traceback" not in outcome.err


def test_without_a_fitting_model_the_error_says_how_to_get_one(acn: Acn, tmp_path: Path) -> None:
    source = tmp_path / "data.npz"
    np.savez(source, x=np.arange(3 * 8 * 6 * 2, dtype=np.uint8).reshape(3, 8, 6, 2))
    outcome = acn("compress", source, tmp_path / "a.acn", "--stored", "never")
    assert outcome.code == 1
    assert "8x6, 2 channel(s)" in outcome.err
    assert "acncodec train" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["data.npz"]


def test_a_model_that_does_not_fit_is_refused(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    source = tmp_path / "big.npz"
    np.savez(source, x=np.eye(9, dtype=np.uint8)[None].repeat(3, 0))
    outcome = acn("compress", source, tmp_path / "a.acn", "--model", model_file)
    assert outcome.code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["big.npz"]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
@pytest.mark.parametrize("command", ["compress", "verify", "decompress", "bench"])
def test_cuda_without_a_device_is_a_clear_error(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, command: str
) -> None:
    archive = tmp_path / "a.acn"
    assert acn("compress", data_file, archive, "--model", model_file).code == 0
    before = archive.read_bytes()
    arguments = {
        "compress": ("compress", "-f", data_file, archive),
        "verify": ("verify", archive),
        "decompress": ("decompress", archive, tmp_path / "b.npz"),
        "bench": ("bench", data_file, "--samples", 2),
    }[command]
    outcome = acn(*arguments, "--model", model_file, "--device", "cuda")
    assert outcome.code == 1
    assert "no CUDA device" in outcome.err
    assert [path.name for path in tmp_path.glob("*.acn")] == ["a.acn"]
    assert archive.read_bytes() == before and not (tmp_path / "b.npz").exists()


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (MemoryError, 1)])
def test_nothing_is_left_behind(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, error: type[BaseException], code: int,
) -> None:  # fmt: skip
    def half(
        _data: DataSet,
        _models: list[FrozenModel],
        _options: CompressOptions,
        file: Any,
        *_heard: Any,
    ) -> None:
        file.write(b"half")
        raise error

    monkeypatch.setattr("acncodec.codec.compress_set.compress_set", half)
    target = tmp_path / "a.acn"
    target.write_bytes(b"mine")
    outcome = acn("compress", data_file, target, "--model", model_file, "-f")
    assert outcome.code == code
    assert target.read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.acn", "data.npz"]


@needs_torchac
def test_a_missing_coder_is_an_error_that_leaves_nothing(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, other = tmp_path / "a.acn", tmp_path / "other.acn"
    line = ("compress", data_file, "--model", model_file, "--coder", "torchac")
    assert acn(*line[:2], archive, *line[2:]).code == 0
    load_torchac.cache_clear()
    monkeypatch.setitem(sys.modules, "torchac", None)
    for outcome in (
        acn(*line[:2], other, *line[2:]),
        acn("decompress", archive, tmp_path / "b.npz", "--model", model_file),
    ):
        assert outcome.code == 1
        assert "pip install 'acncodec[torchac]'" in outcome.err
    assert sorted(path.name for path in tmp_path.glob("*.acn")) == ["a.acn"]
    assert not (tmp_path / "b.npz").exists()


def test_python_tsp_is_refused_on_many_images(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    source, archive = tmp_path / "many.npz", tmp_path / "a.acn"
    np.savez(source, x=np.unique(blobs(400, 3)[:, 0], axis=0))
    line = ("compress", source, archive, "--model", model_file, "--solver", "tsp")
    outcome = acn(*line, "--ordering", "tour")
    assert outcome.code == 1 and "at most" in outcome.err and not archive.exists()
    outcome = acn(*line, "--ordering", "iid")  # no tour, no solver
    assert outcome.code == 0, outcome.err
