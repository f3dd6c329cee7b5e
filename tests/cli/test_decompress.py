"""`acncodec decompress` and `verify`: models, bad files, collisions."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_types import Acn

from acncodec.exact.model import FrozenModel


@pytest.mark.parametrize("command", ["decompress", "verify"])
def test_a_missing_model_is_named(
    acn: Acn, archive: Path, tiny_model: FrozenModel, tmp_path: Path, command: str
) -> None:
    target = [tmp_path / "b.npz"] if command == "decompress" else []
    outcome = acn(command, archive, *target)
    assert outcome.code == 1
    assert outcome.err.startswith(f"acncodec: {archive}: ")
    assert tiny_model.model_id.hex() in outcome.err
    assert "not bundled" in outcome.err
    assert not (tmp_path / "b.npz").exists()


def test_a_wrong_model_is_named_beside_the_right_one(
    acn: Acn, archive: Path, tiny_model: FrozenModel, other_model: FrozenModel, other_file: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    outcome = acn("decompress", archive, tmp_path / "b.npz", "--model", other_file)
    assert outcome.code == 1
    assert tiny_model.model_id.hex() in outcome.err
    assert other_model.model_id.hex() in outcome.err


def test_targets(acn: Acn, archive: Path, model_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.npz"
    target.write_bytes(b"mine")
    assert acn("decompress", archive, target, "--model", model_file).code == 1
    assert target.read_bytes() == b"mine"
    assert acn("decompress", archive, archive, "--model", model_file, "-f").code == 1
    assert acn("decompress", archive, target, "--model", model_file, "-f").code == 0
    assert target.read_bytes()[:2] == b"PK"


def test_damage_is_found_and_nothing_written(
    acn: Acn, archive: Path, model_file: Path, tmp_path: Path
) -> None:
    content = bytearray(archive.read_bytes())
    content[-20] ^= 1
    archive.write_bytes(content)
    outcome = acn("decompress", archive, tmp_path / "b.npz", "--model", model_file)
    assert outcome.code == 1
    assert outcome.err.startswith(f"acncodec: {archive}: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.acn", "data.npz"]


def test_verify_goes_on_after_a_bad_file(
    acn: Acn, archive: Path, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.acn"
    empty.touch()
    missing = tmp_path / "missing.acn"
    outcome = acn("verify", empty, missing, data_file, archive, "--model", model_file)
    assert outcome.code == 1
    starts = [f"acncodec: {path}: " for path in (empty, missing, data_file)]
    errors = outcome.err.splitlines()
    assert [line[: len(start)] for line, start in zip(errors, starts, strict=True)] == starts
    assert outcome.out == f"{archive}: ok, 40 images of 8x8 and 2 other array(s)\n"


def test_verify_is_content_with_good_files(acn: Acn, archive: Path, model_file: Path) -> None:
    outcome = acn("verify", archive, archive, "--model", model_file)
    assert (outcome.code, outcome.err) == (0, "")
    assert len(outcome.out.splitlines()) == 2
