"""`acncodec compress --shard` and `acncodec join`, as users type them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn
from npz import arrays, same
from sets import dataset, labels
from shares import unlike_parts
from tiny import blobs

from acncodec.models.frozen import FrozenModel


def compressed(
    acn: Acn, source: Path, model: Path, folder: Path, of: int, *options: object
) -> list[Path]:
    """The archives of all parts of a set."""
    paths = [folder / f"{number}.acn" for number in range(1, of + 1)]
    for number, path in enumerate(paths, 1):
        line = ("compress", source, path, "--model", model, "--shard", f"{number}/{of}", *options)
        outcome = acn(*line)
        assert outcome.code == 0, outcome.err
    return paths


def test_parts_in_any_order_are_the_whole_in_shards(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    iid = ("--ordering", "iid")
    one, two, three = compressed(acn, data_file, model_file, tmp_path, 3, "--verify", *iid)
    outcome = acn("join", two, three, one, tmp_path / "j.acn")
    assert (outcome.code, outcome.err) == (0, "")
    size = (tmp_path / "j.acn").stat().st_size
    assert outcome.out == (
        f"{tmp_path}/j.acn: 3 part(s), 3 shard(s), 40 images, {size:,} bytes\n"
    )  # fmt: skip
    line = ("compress", data_file, tmp_path / "w.acn", "--model", model_file, *iid)
    assert acn(*line, "--shard-size", 14).code == 0
    assert (tmp_path / "j.acn").read_bytes() == (tmp_path / "w.acn").read_bytes()
    line = ("decompress", tmp_path / "j.acn", tmp_path / "b.npz", "--model", model_file)
    assert acn(*line).code == 0
    assert same(data_file, tmp_path / "b.npz")


def test_a_part_says_which_it_is(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    line = ("compress", data_file, tmp_path / "a.acn", "--model", model_file, "--shard", "3/3")
    outcome = acn(*line)
    assert outcome.out.endswith("  part         3 of 3: images 28 to 39 of 40\n")
    facts = json.loads(acn(*line, "-f", "--json").out)
    assert facts["images"] == 12


def test_sets_say_what_their_shards_cost(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    options = ("--order", "any", "--ordering", "set", "--verify")
    parts = compressed(acn, data_file, model_file, tmp_path, 2, *options)
    target, back = tmp_path / "j.acn", tmp_path / "b.npz"
    outcome = acn("join", *parts, target, "--json")
    assert outcome.code == 0
    assert "each of its 2 shards is a set of its own, which costs 0.9" in outcome.err
    assert "(log2 2 is 1.00)" in outcome.err
    facts = json.loads(outcome.out)
    assert (facts["parts"], facts["shards"], facts["images"]) == (2, 2, 40)
    assert facts["file_bytes"] == target.stat().st_size and facts["order"] == "any"
    assert 30 < facts["order_bits"] < 40 and facts["side_bytes"] > 0
    assert acn("join", *parts, tmp_path / "q.acn", "-q").err == ""
    assert acn("decompress", target, back, "--model", model_file).code == 0
    before, after = arrays(data_file), arrays(back)
    assert sorted(after["y"].tolist()) == before["y"].tolist()
    assert np.array_equal(before["x"][after["y"]], after["x"])
    assert {*after["y"][:20].tolist()} == {*range(20)}


def test_what_does_not_go_together_leaves_nothing(
    acn: Acn, data_file: Path, model_file: Path, other_file: Path, archive: Path, tmp_path: Path
) -> None:
    one, two = compressed(acn, data_file, model_file, tmp_path, 2)
    other = tmp_path / "other.acn"
    line = ("compress", data_file, other, "--model", other_file, "--shard", "2/2")
    assert acn(*line).code == 0
    before = sorted(tmp_path.iterdir())
    for given, named, message in (
        ((one, other), other, "is of the model tiny-2"),
        ((one,), one, "of its 2 parts, 2 is missing"),
        ((one, two, one), one, "is part 1 of 2, and so is"),
        ((one, archive), archive, "is no part of a set"),
        ((one, tmp_path / "none.acn"), tmp_path / "none.acn", "cannot be read"),
    ):
        outcome = acn("join", *given, tmp_path / "j.acn")
        assert outcome.code == 1 and outcome.err.startswith(f"acncodec: {named}: "), outcome.err
        assert message in outcome.err
        assert sorted(tmp_path.iterdir()) == before


def test_a_damaged_part_is_found_while_it_is_copied(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    parts = compressed(acn, data_file, model_file, tmp_path, 2)
    content = bytearray(parts[1].read_bytes())
    content[-20] ^= 1
    parts[1].write_bytes(content)
    before = sorted(tmp_path.iterdir())
    outcome = acn("join", *parts, tmp_path / "j.acn")
    assert outcome.code == 1 and outcome.err.startswith(f"acncodec: {parts[1]}: the CRC-32")
    assert sorted(tmp_path.iterdir()) == before


def test_targets(acn: Acn, data_file: Path, model_file: Path, tmp_path: Path) -> None:
    (part,) = compressed(acn, data_file, model_file, tmp_path, 1)
    target = tmp_path / "j.acn"
    target.write_bytes(b"mine")
    assert acn("join", part, target).code == 1 and target.read_bytes() == b"mine"
    assert acn("join", part, part, "-f").code == 1
    assert acn("join", part, target, "-f").code == 0
    assert acn("verify", target, "--model", model_file).code == 0
    assert acn("join", target).code == 2


@pytest.mark.parametrize("given", ["0/3", "4/3", "1/0", "1", "1/2/3", "a/b", "-1/2", "1/99999"])
def test_what_is_no_part_is_a_usage_error(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, given: str
) -> None:
    line = ("compress", data_file, tmp_path / "a.acn", "--model", model_file)
    outcome = acn(*line, f"--shard={given}")
    assert outcome.code == 2 and "--shard" in outcome.err
    assert not (tmp_path / "a.acn").exists()


def test_too_many_parts_and_a_fit_are_refused(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    line = ("compress", data_file, tmp_path / "a.acn", "--model", model_file, "--shard")
    outcome = acn(*line, "1/39")
    assert outcome.code == 1 and "40 images cannot be cut into 39 parts alike" in outcome.err
    assert outcome.err.startswith(f"acncodec: {data_file}: ")
    outcome = acn(*line, "1/2", "--fit", 1)
    assert outcome.code == 2 and "--shard goes without --fit" in outcome.err
    assert not (tmp_path / "a.acn").exists()


def test_a_stored_array_is_read_in_pieces_and_pictures_too(
    acn: Acn, model_file: Path, tmp_path: Path
) -> None:
    library = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(2)
    np.save(tmp_path / "a.npy", rng.integers(0, 2, (30, 8, 8), np.uint8))
    (tmp_path / "in" / "sub").mkdir(parents=True)
    for number in range(9):
        image = rng.integers(0, 250, (4 + number % 2, 5 + number % 3)).astype(np.uint8)
        library.fromarray(image).save(tmp_path / "in" / ("sub/" * (number % 2)) / f"{number}.png")
    for source, options in (("a.npy", ("--model", model_file)), ("in", ())):
        parts = []
        for number in (1, 2, 3):
            parts.append(tmp_path / f"{source}.{number}.acn")
            line = ("compress", tmp_path / source, parts[-1], "--shard", f"{number}/3", "--verify")
            outcome = acn(*line, *options)
            assert outcome.code == 0, outcome.err
        assert acn("join", *parts, tmp_path / f"{source}.acn").code == 0
    line = ("decompress", tmp_path / "a.npy.acn", tmp_path / "b.npz", "--model", model_file)
    assert acn(*line).code == 0
    assert np.array_equal(arrays(tmp_path / "b.npz")["x"], np.load(tmp_path / "a.npy"))
    assert acn("decompress", tmp_path / "in.acn", tmp_path / "out/").code == 0
    for path in (tmp_path / "in").rglob("*.png"):
        back = tmp_path / "out" / path.relative_to(tmp_path / "in")
        with library.open(path) as one, library.open(back) as other:
            assert one.mode == other.mode and one.tobytes() == other.tobytes()


def test_parts_that_others_do_not_go_with_are_coded_anew_by_their_model(
    acn: Acn, tiny_model: FrozenModel, model_file: Path, tmp_path: Path
) -> None:
    data = dataset(blobs(24, 3), labels(24))
    parts = unlike_parts(tmp_path, data, tiny_model, "keep")
    before = sorted(tmp_path.iterdir())
    outcome = acn("join", *parts, tmp_path / "j.acn")
    assert outcome.code == 1 and tiny_model.model_id.hex() in outcome.err
    assert "2 of 3 parts are decoded and coded anew" in outcome.err
    assert sorted(tmp_path.iterdir()) == before
    assert acn("join", *parts, tmp_path / "j.acn", "--model", model_file).code == 0
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "j.acn"])
    line = ("decompress", tmp_path / "j.acn", tmp_path / "b.npz", "--model", model_file)
    assert acn(*line).code == 0
    assert np.array_equal(arrays(tmp_path / "b.npz")["x"], data.arrays()["x"])
    assert np.array_equal(arrays(tmp_path / "b.npz")["y"], data.side[0].array)
