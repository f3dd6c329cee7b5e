"""`acncodec decompress` and `verify`: models, bad files, collisions."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn

from acncodec.container import read_header
from acncodec.container.damaged import read_damaged
from acncodec.models.frozen import FrozenModel


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


@pytest.mark.parametrize(
    ("given", "rows"),
    [("3:17", slice(3, 17)), (":5", slice(5)), ("38:", slice(38, None)), (":", slice(None))],
)
def test_a_range(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, given: str, rows: slice
) -> None:
    packed, target = tmp_path / "a.acn", tmp_path / "b.npz"
    line = ("--model", model_file, "-q", "--shard-size", 15, "--ordering", "iid")
    assert acn("compress", data_file, packed, *line).code == 0
    outcome = acn("decompress", packed, target, "--model", model_file, "--range", given)
    assert outcome.code == 0, outcome.err
    with np.load(data_file) as whole, np.load(target) as part:
        assert np.array_equal(part["x"], whole["x"][rows])
        assert np.array_equal(part["y"], whole["y"][rows])
        assert part["note"] == whole["note"] and part.files == whole.files
        assert f"{len(part['x'])} images of 8x8 and 2 other array(s)" in outcome.out
    if given == "3:17":  # the first shard to its end, two images of the second
        assert "1 shard was decoded whole and checked by digest" in outcome.err
        assert "shard 1: not verified: " in outcome.err and "shard 0" not in outcome.err
    if given == ":":
        assert "warning" not in outcome.err
    quiet = acn("-q", "decompress", packed, target, "--model", model_file, "--range", given, "-f")
    assert (quiet.code, quiet.out) == (0, "")
    assert ("not verified" in quiet.err) == ("not verified" in outcome.err)


@pytest.mark.parametrize("given", ["0:41", "41:", "7:3"])
def test_a_range_outside_is_an_error(
    acn: Acn, archive: Path, model_file: Path, tmp_path: Path, given: str
) -> None:
    target = tmp_path / "b.npz"
    outcome = acn("decompress", archive, target, "--model", model_file, "--range", given)
    assert outcome.code == 1 and not target.exists()
    assert outcome.err.startswith(f"acncodec: {archive}: the range ")
    assert outcome.err.endswith("is not within the 40 images (0:40)\n")


@pytest.mark.parametrize(
    "given", ["", "3", "-3:5", "1:2:3", "a:b", "1.0:2", "0x1:2", " 1:2", "1:\n"]
)
def test_what_is_no_range_is_a_usage_error(
    acn: Acn, archive: Path, model_file: Path, tmp_path: Path, given: str
) -> None:
    line = ("decompress", archive, tmp_path / "b.npz", "--model", model_file, f"--range={given}")
    outcome = acn(*line)
    assert outcome.code == 2 and "a range is A:B, A: or :B" in outcome.err
    assert acn(*line[:-1], "--range", "1:2", "--salvage").code == 2


def test_a_shard_that_does_not_match_leaves_no_half_output(
    acn: Acn, sharded: Path, model_file: Path, tmp_path: Path
) -> None:
    """The shards before it were written by then, to the temporary file."""
    before = sorted(path.name for path in tmp_path.iterdir())
    archive = read_archive_without_crc(sharded)
    sharded.write_bytes(archive)
    outcome = acn("decompress", sharded, tmp_path / "b.npz", "--model", model_file)
    assert outcome.code == 1
    assert "shard 1" in outcome.err and "CRC" not in outcome.err
    assert outcome.err.startswith(f"acncodec: {sharded}: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert acn("verify", sharded, "--model", model_file).code == 1


def read_archive_without_crc(path: Path) -> bytes:
    """The archive once more, with the checksums of what is in it."""
    found = read_damaged(path).archive
    content = bytearray(path.read_bytes())
    for section in read_header(path).sections:
        end = section.offset + section.file_bytes - 4
        content[end : end + 4] = zlib.crc32(content[section.offset : end]).to_bytes(4, "little")
    assert len(found.sections) == len(read_header(path).sections) - 1
    return bytes(content)
