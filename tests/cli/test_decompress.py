"""`acncodec decompress` and `verify`: models, bad files, collisions."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
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


@pytest.fixture
def sharded(acn: Acn, data_file: Path, model_file: Path, tmp_path: Path) -> Path:
    """40 images in shards of 15, the second of which is damaged."""
    path = tmp_path / "damaged.acn"
    line = ("compress", data_file, path, "--model", model_file, "-q", "--shard-size", 15)
    assert acn(*line).code == 0
    (stack,) = (
        section
        for section in json.loads(acn("info", path, "--json").out)["sections"]
        if (section["type"], section["shard"]) == ("stack", 1)
    )
    content = bytearray(path.read_bytes())
    content[stack["offset"] + 20] ^= 1
    path.write_bytes(content)
    return path


def test_salvage_writes_what_is_whole_and_names_the_rest(
    acn: Acn, sharded: Path, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "b.npz"
    assert acn("decompress", sharded, target, "--model", model_file).code == 1
    assert not target.exists()
    outcome = acn("decompress", sharded, target, "--model", model_file, "--salvage")
    assert outcome.code == 1
    assert "missing: images 15 to 29 of 40" in outcome.err and "shard 1" in outcome.err
    assert outcome.out.endswith("25 images of 8x8 and 2 other array(s), INCOMPLETE\n")
    kept = [*range(15), *range(30, 40)]
    with np.load(data_file) as given, np.load(target) as back:
        assert np.array_equal(given["x"][kept], back["x"])
        assert np.array_equal(given["y"][kept], back["y"])
        assert given["note"] == back["note"]
    line = ("--model", model_file, "--salvage", "--json", "-f")
    facts = json.loads(acn("decompress", sharded, target, *line).out)
    assert facts["missing"] == [[15, 30]] and facts["arrays"] == ["y", "note"]
    assert (facts["images"], facts["saved"], facts["side_lost"]) == (40, 25, False)


def test_salvage_of_a_whole_file_is_a_success(
    acn: Acn, archive: Path, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "b.npz"
    outcome = acn("decompress", archive, target, "--model", model_file, "--salvage")
    assert (outcome.code, outcome.err) == (0, "") and "INCOMPLETE" not in outcome.out
    assert acn("decompress", archive, target, "--json").code == 2


def test_salvage_writes_nothing_where_nothing_is_whole(
    acn: Acn, archive: Path, model_file: Path, tmp_path: Path
) -> None:
    archive.write_bytes(archive.read_bytes()[:100])
    outcome = acn("decompress", archive, tmp_path / "b.npz", "--model", model_file, "--salvage")
    assert outcome.code == 1 and outcome.err.startswith(f"acncodec: {archive}: ")
    assert not (tmp_path / "b.npz").exists()
