"""`acncodec compress --fit` of a folder of pictures of several kinds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cli_types import Acn
from level_sets import level_array, tiny_resnet
from moments import MOMENT

from acncodec.container import read_header
from acncodec.training import fit as training_fit

pytestmark = pytest.mark.usefixtures("only_mnist")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Grey pictures of several sizes, some of few levels, and fewer in colour."""
    Image = pytest.importorskip("PIL.Image")
    folder = tmp_path / "in"
    for kind, count, side in (("grey", 30, 11), ("grey", 12, 7), ("rgb", 9, 6), ("two", 8, 9)):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for number, image in enumerate(level_array(kind, count, side, side, side + 1)):
            given = image > 100 if kind == "two" else image
            Image.fromarray(given).save(folder / kind / f"{side}-{number}.png")
    return folder


def in_folder(folder: Path) -> dict[str, bytes]:
    Image = pytest.importorskip("PIL.Image")
    found = {}
    for path in folder.rglob("*.png"):
        with Image.open(path) as image:
            found[str(path.relative_to(folder))] = image.mode.encode() + image.tobytes()
    return found


def test_the_kind_with_most_samples_is_fitted_and_that_is_said(
    acn: Acn, pictures: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "a.acn"
    line = ("compress", pictures, archive, "--fit", MOMENT, "--embed-model")
    outcome = acn(*line, "--verify", "--json")
    assert outcome.code == 0, outcome.err
    assert "a model of the 50 images of 1 channel(s); the 9 others go to other" in outcome.err
    assert "images stored, not modelled: no model at hand takes 9" in outcome.err
    facts = json.loads(outcome.out)
    assert {"fitted, embedded", "stored"} <= set(facts["candidates"])
    assert facts["file_bytes"] == archive.stat().st_size == min(facts["candidates"].values())
    assert facts["bound_nats_per_image"] > 0
    assert acn("decompress", archive, tmp_path / "out").code == 0
    assert in_folder(tmp_path / "out") == in_folder(pictures)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.acn", "in", "out"]


def test_what_would_be_left_over_and_must_not_be_stored_is_known_before_the_fit(
    acn: Acn, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fit_model(*_given: object, **_more: object) -> None:
        raise AssertionError("the fit has begun")

    monkeypatch.setattr(training_fit, "fit_model", fit_model)
    outcome = acn("compress", pictures, tmp_path / "a.acn", "--fit", "60", "--stored", "never")
    assert outcome.code == 1
    assert "fitted to the images of 1 channel(s), none takes those of 3" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_pictures_of_several_sizes_get_a_file_that_stands_alone(
    acn: Acn, pictures: Path, tmp_path: Path
) -> None:
    shutil.rmtree(pictures / "rgb")
    archive = tmp_path / "a.acn"
    line = ("compress", pictures, archive, "--fit", MOMENT, "--stored", "never")
    outcome = acn(*line, "--verify", "--json")
    assert outcome.code == 0, outcome.err
    assert "others go to other models" not in outcome.err
    facts = json.loads(outcome.out)
    assert (facts["model"], facts["stored_images"]) == ("fitted", 0) and facts["model_bytes"] > 0
    header = read_header(archive).header
    assert header.format_version == 4 and header.embedded == (0,)
    for target, more in (("out", ()), ("part", ("--range", "3:9")), ("whole", ("--salvage",))):
        assert acn("decompress", archive, tmp_path / target, *more).code == 0
    assert in_folder(tmp_path / "out") == in_folder(tmp_path / "whole") == in_folder(pictures)
    assert len(in_folder(tmp_path / "part")) == 6
    info = json.loads(acn("info", archive, "--json").out)
    assert [one["embedded"] for one in info["models"]] == [True]


def test_a_given_model_goes_into_the_file_of_a_mixed_set(
    acn: Acn, pictures: Path, tmp_path: Path
) -> None:
    model = tmp_path / "grey.safetensors"
    model.write_bytes(tiny_resnet(1, 7).to_bytes())
    archive, line = tmp_path / "a.acn", ("compress", pictures, "--model", model)
    assert acn(*line[:2], archive, *line[2:]).code == 0
    outcome = acn(*line[:2], archive, *line[2:], "--embed-model", "-f", "--verify", "--json")
    assert outcome.code == 0, outcome.err
    facts = json.loads(outcome.out)
    model.unlink()
    assert acn("verify", archive).code == 0
    assert archive.stat().st_size == facts["file_bytes"]


def test_a_fit_of_a_mixed_set_goes_on_where_it_was_killed(
    acn: Acn, pictures: Path, tmp_path: Path
) -> None:
    from acncodec.images import MixedData, load_any
    from acncodec.training.choice import choose_for_several
    from acncodec.training.fit import fit_model
    from acncodec.training.several import kinds_of, largest_kind, mixed_source

    data = load_any(pictures)
    assert isinstance(data, MixedData)
    kind = largest_kind(data.images)
    steps = iter([False, False, True])
    choice = choose_for_several(kinds_of(kind), 0, 1.0, by_xz=10_000)
    state = tmp_path / "a.acn.fit"
    fit_model(mixed_source(kind), choice, state, minutes=1, stop=lambda: next(steps))
    assert state.exists()
    outcome = acn("compress", pictures, tmp_path / "a.acn", "--fit", MOMENT)
    assert outcome.code == 0 and "as" in outcome.err and "has begun it" in outcome.err
    assert not state.exists()
