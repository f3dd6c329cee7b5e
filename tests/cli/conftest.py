"""A command line to type on, and files to type it about."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn, Outcome
from level_sets import level_array
from numpy.typing import NDArray

from acncodec.models.frozen import FrozenModel
from acncodec_cli.main import run


@pytest.fixture
def acn(capsys: pytest.CaptureFixture[str]) -> Acn:
    """Run a command line in this process."""

    def type_in(*arguments: object) -> Outcome:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return type_in


@pytest.fixture(scope="session")
def model_file(tiny_model: FrozenModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny.safetensors"
    path.write_bytes(tiny_model.to_bytes())
    return path


@pytest.fixture(scope="session")
def other_file(other_model: FrozenModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "other.safetensors"
    path.write_bytes(other_model.to_bytes())
    return path


@pytest.fixture(scope="session")
def baseline_file(baseline: FrozenModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "baseline.safetensors"
    path.write_bytes(baseline.to_bytes())
    return path


@pytest.fixture
def data_file(images: NDArray[np.uint8], tmp_path: Path) -> Path:
    """40 images of 0 and 255, labels, and an array that is not aligned."""
    path = tmp_path / "data.npz"
    labels = np.arange(len(images), dtype=np.int16)
    np.savez(path, x=images[:, 0] * np.uint8(255), y=labels, note=np.array("kept"))
    return path


@pytest.fixture
def archive(acn: Acn, data_file: Path, model_file: Path, tmp_path: Path) -> Path:
    path = tmp_path / "data.acn"
    assert acn("compress", data_file, path, "--model", model_file, "-q").code == 0
    return path


@pytest.fixture
def grey_file(tmp_path: Path) -> Path:
    """40 grey images that no bundled model takes, if `only_mnist` is there, and their numbers."""
    path = tmp_path / "grey.npz"
    np.savez(path, x=level_array("grey", 40, 1, 12, 12), y=np.arange(40))
    return path
