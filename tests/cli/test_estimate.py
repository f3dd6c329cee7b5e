"""`acncodec info --estimate`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn
from level_sets import level_array, tiny_resnet

from acncodec.analysis.likeness import Likeness
from acncodec_cli.estimate import neighbours


@pytest.fixture
def grey_model(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    path.write_bytes(tiny_resnet(1).to_bytes())
    return path


@pytest.fixture
def grey_data(tmp_path: Path) -> Path:
    path = tmp_path / "grey.npz"
    np.savez(path, x=level_array("grey", 40, 3), y=np.arange(40))
    return path


def test_the_table_has_ours_and_others(
    acn: Acn, grey_data: Path, grey_model: Path, tmp_path: Path
) -> None:
    before = sorted(tmp_path.iterdir())
    outcome = acn("info", "--estimate", grey_data, "--model", grey_model)
    assert (outcome.code, outcome.err) == (0, "")
    for words in ("40 of 6x5", "estimated from 40", "acncodec set, tiny-resnet-1-1", "xz -9e",
                  "acncodec auto", "neighbours   the nearest image differs by"):  # fmt: skip
        assert words in outcome.out
    assert sorted(tmp_path.iterdir()) == before


def test_json_is_an_object_a_set(acn: Acn, grey_data: Path, grey_model: Path) -> None:
    line = ("info", "--json", "--estimate", grey_data, grey_data, "--model", grey_model)
    outcome = acn(*line)
    assert (outcome.code, outcome.err) == (0, "")
    first, second = map(json.loads, outcome.out.splitlines())
    assert first == second and first["path"] == str(grey_data)
    assert {way["ordering"] for way in first["ways"]} == {"auto", "iid", "set"}
    assert first["images"] == first["drawn"] == 40
    assert {rival["name"] for rival in first["rivals"]} >= {"xz -9e", "PNG", "JPEG XL -e 7"}
    assert first["compress_seconds"] > 0 and 0 <= first["stored_share"] <= 1


def test_threads_are_those_that_are_asked_for(acn: Acn, grey_data: Path, grey_model: Path) -> None:
    line = ("info", "--json", "--estimate", grey_data, "--model", grey_model, "--threads", 3)
    assert json.loads(acn(*line).out)["threads"] == 3
    outcome = acn("info", grey_data, "--threads", 1)
    assert outcome.code == 2 and "--threads go with --estimate" in outcome.err


def test_a_folder_of_several_sizes(acn: Acn, grey_model: Path, tmp_path: Path) -> None:
    image, folder = pytest.importorskip("PIL.Image"), tmp_path / "in"
    pytest.importorskip("imagecodecs")
    folder.mkdir()
    for at in range(20):
        pixels = level_array("rgb" if at % 4 == 3 else "grey", 1, at, 6 + at % 3, 5)[0]
        image.fromarray(pixels).save(folder / f"{at:02}.png")
    outcome = acn("info", "--estimate", folder, "--model", grey_model, "--json")
    assert outcome.code == 0, outcome.err
    found = json.loads(outcome.out)
    assert [way["images"] for way in found["ways"] if way["model"] is None] == [20, 20]
    assert {way["images"] for way in found["ways"] if way["model"] is not None} == {15}
    assert found["stored_share"] >= 0.25


def test_the_bundled_models_are_taken_unasked(acn: Acn, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.random.default_rng(1).integers(0, 9, (4, 5, 6), np.uint8))
    found = json.loads(acn("info", "--estimate", tmp_path / "x.npy", "--json").out)
    assert all(way["bits_per_dim"] > 0 for way in found["ways"])


def test_what_does_not_go_together_is_refused(acn: Acn, archive: Path, grey_model: Path) -> None:
    assert acn("info", archive, "--model", grey_model).code == 2
    outcome = acn("info", "--estimate", archive)
    assert outcome.code == 1 and outcome.err.startswith(f"acncodec: {archive}: ")


@pytest.mark.parametrize(
    ("likeness", "words"),
    [
        (None, "no second image"),
        (Likeness(9, 3.0, None, 0.0), "too small to tell"),
        (Likeness(9, 3.0, 1.0, 0.0), "none are near"),
        (Likeness(9, 1.9, 1.0, 0.0), "near: to know one"),
    ],
)
def test_it_is_said_whether_neighbours_are_near(likeness: Likeness | None, words: str) -> None:
    assert words in neighbours(likeness)
