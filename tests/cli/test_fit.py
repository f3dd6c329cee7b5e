"""`acncodec compress --fit`: the smallest file of several."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_types import Acn
from level_sets import level_array
from moments import MOMENT

from acncodec.container import read_header
from acncodec.data import bundled
from acncodec.errors import CoderError
from acncodec.training import fit as training_fit

pytestmark = pytest.mark.usefixtures("only_mnist")


def test_a_fit_codes_what_no_bundled_model_takes_and_decodes_alone(
    acn: Acn, grey_file: Path, tmp_path: Path
) -> None:
    archive, back = tmp_path / "a.acn", tmp_path / "b.npz"
    line = ("compress", grey_file, archive, "--fit", MOMENT, "--stored", "never")
    outcome = acn(*line, "--verify", "--json")
    assert outcome.code == 0, outcome.err
    facts = json.loads(outcome.out)
    assert facts["model"] == "fitted" and 0 < facts["model_bytes"] < facts["file_bytes"]
    assert facts["file_bytes"] == archive.stat().st_size
    assert facts["candidates"] == {"fitted, embedded": facts["file_bytes"]}
    assert "weights" in outcome.err and "ms for 1,024 pixels" in outcome.err
    assert "grey.npz: xz takes about " in outcome.err and "bits/dim, the network" in outcome.err
    assert read_header(archive).header.embedded == (0,)
    assert acn("decompress", archive, back).code == 0
    with np.load(grey_file) as ours, np.load(back) as theirs:
        assert all(np.array_equal(ours[name], theirs[name]) for name in ours.files)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.acn", "b.npz", "grey.npz"]


def test_the_smallest_file_is_kept_and_never_larger_than_without(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    given = ("--model", model_file)
    acn("compress", data_file, tmp_path / "plain.acn", *given)
    outcome = acn("compress", data_file, tmp_path / "fit.acn", *given, "--fit", MOMENT)
    assert outcome.code == 0, outcome.err
    plain, fitted = (tmp_path / name for name in ("plain.acn", "fit.acn"))
    assert fitted.stat().st_size <= plain.stat().st_size
    assert "fitted, embedded" in outcome.out and "by its id" in outcome.out
    kept = [line for line in outcome.out.splitlines() if line.startswith("  kept ")]
    assert len(kept) == 1 and f"{fitted.stat().st_size:,} bytes" in kept[0]


def test_what_decodes_slowly_is_not_taken_by_the_fast_pace_unless_it_is_named(
    acn: Acn, tmp_path: Path
) -> None:
    digits, archive = tmp_path / "digits.npy", tmp_path / "a.acn"
    with np.load(bundled()) as arrays:
        np.save(digits, arrays["x"][:20])
    line = ("compress", digits, archive, "-f", "--fit", MOMENT, "--json")
    outcome = acn(*line, "--fast")
    assert outcome.code == 0, outcome.err
    assert "mnist takes about" in outcome.err and "too long for --fast" in outcome.err
    sizes = json.loads(outcome.out)["candidates"]
    assert set(sizes) == {"fitted, embedded", "stored"}  # no model at hand is taken beside it
    assert archive.stat().st_size == min(sizes.values())
    for more in (("--fast", "--model", "mnist"), ()):
        outcome = acn(*line, *more)
        assert "too long" not in outcome.err
        assert json.loads(outcome.out)["model"] == "mnist"


def test_images_are_stored_where_a_fit_of_a_moment_makes_them_larger(
    acn: Acn, grey_file: Path, tmp_path: Path
) -> None:
    outcome = acn("compress", grey_file, tmp_path / "a.acn", "--fit", MOMENT, "--json")
    assert outcome.code == 0, outcome.err
    sizes = json.loads(outcome.out)["candidates"]
    assert len(sizes) == 2 and "fitted, embedded" in sizes
    assert (tmp_path / "a.acn").stat().st_size == min(sizes.values())


def test_a_given_model_is_embedded_on_demand(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "a.acn"
    outcome = acn("compress", data_file, archive, "--model", model_file, "--embed-model", "--json")
    model_bytes = json.loads(outcome.out)["model_bytes"]
    assert model_bytes > 0
    for command in (
        ("verify", archive), ("decompress", archive, tmp_path / "b.npz"),
        ("decompress", archive, tmp_path / "c.npz", "--range", "3:9"),
        ("decompress", archive, tmp_path / "d.npz", "--salvage"),
    ):  # fmt: skip
        assert acn(*command).code == 0, command
    info = json.loads(acn("info", archive, "--json").out)
    assert info["format_version"] == 4 and info["model_bytes"] == model_bytes
    assert {"type": "model", "shard": 0}.items() <= info["sections"][1].items()
    assert f"embedded: {model_bytes:,} bytes" in acn("info", archive).out


def test_another_model_given_beside_an_embedded_one_is_refused(
    acn: Acn, data_file: Path, model_file: Path, other_file: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "a.acn"
    acn("compress", data_file, archive, "--model", model_file, "--embed-model")
    outcome = acn("verify", archive, "--model", other_file)
    assert outcome.code == 1 and "the archive needs model" in outcome.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--fit", "0"), "not in the range 0<x"),
        (("--fit", "nan"), "nan is not a time"),
        (("--fit", "inf"), "is not in the range"),
        (("--fit", "1e308"), "is not in the range"),
        (("--fast",), "--fast goes with --fit"),
        (("--slow",), "--slow goes with --fit"),
    ],
)
def test_senseless_options_are_refused(
    acn: Acn, grey_file: Path, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    outcome = acn("compress", grey_file, tmp_path / "a.acn", *options)
    assert outcome.code == 2 and words in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["grey.npz"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--ordering", "set"), "needs the order `any`"),
        (("--ordering", "tour"), "the model has no prior network, which the ordering `tour` needs"),
        (("--order", "any", "--ordering", "urn"), "the model has no prior network"),
        (("--alpha", "3"), "go with the ordering `urn`"),
        (("--device", "cuda"), "no CUDA device"),
    ],
)
def test_what_a_file_could_not_be_is_refused_before_the_fit(
    acn: Acn, grey_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...], words: str,
) -> None:  # fmt: skip
    def fit_model(*_given: object, **_more: object) -> None:
        raise AssertionError("the fit has begun")

    monkeypatch.setattr(training_fit, "fit_model", fit_model)
    outcome = acn("compress", grey_file, tmp_path / "a.acn", "--fit", "60", *options)
    assert outcome.code == 1 and words in outcome.err, outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["grey.npz"]


def test_why_images_are_stored_is_told_by_all_models_that_were_tried(
    acn: Acn, grey_file: Path, tmp_path: Path
) -> None:
    outcome = acn("compress", grey_file, tmp_path / "a.acn", "--fit", MOMENT, "--embed-model")
    assert "stored, not modelled: they are smaller so than by any model" in outcome.err


@pytest.mark.parametrize("more", [(), ("--embed-model",)])
def test_a_named_model_that_takes_no_image_is_an_error(
    acn: Acn, grey_file: Path, model_file: Path, tmp_path: Path, more: tuple[str, ...]
) -> None:
    outcome = acn("compress", grey_file, tmp_path / "a.acn", "--model", model_file, *more)
    assert outcome.code == 1 and "the data has (1, " in outcome.err, outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["grey.npz"]


def test_images_that_no_model_takes_are_stored_with_an_embedded_model_or_without(
    acn: Acn, tmp_path: Path
) -> None:
    data = tmp_path / "la.npy"
    np.save(data, np.stack([level_array("grey", 9, 1, 7, 7)] * 2, axis=3))
    for more in ((), ("--embed-model",)):
        outcome = acn("compress", data, tmp_path / "a.acn", "-f", *more)
        assert outcome.code == 0 and "no installed model takes them" in outcome.err, outcome.err


def test_candidates_of_one_name_are_told_apart(acn: Acn, grey_file: Path, tmp_path: Path) -> None:
    own = tmp_path / "fitted.safetensors"
    assert acn("train", grey_file, "-o", own, "--preset", "tiny-resnet", "--steps", "2").code == 0
    line = ("compress", grey_file, tmp_path / "a.acn", "--embed-model", "--model", own)
    outcome = acn(*line, "--fit", MOMENT, "--json")
    sizes = json.loads(outcome.out)["candidates"]
    assert {"fitted, embedded", "fitted, embedded (2)"} <= set(sizes)
    assert (tmp_path / "a.acn").stat().st_size == min(sizes.values())


def test_few_images_that_stand_alone_are_stored_where_a_model_costs_more(
    acn: Acn, tmp_path: Path
) -> None:
    data, line = tmp_path / "icons.npy", ("--embed-model", "--fit", MOMENT, "--json")
    np.save(data, level_array("two", 12, 1, 16, 16))
    outcome = acn("compress", data, tmp_path / "a.acn", *line)
    assert outcome.code == 0, outcome.err
    sizes = json.loads(outcome.out)["candidates"]
    assert sizes["stored"] == min(sizes.values()) == (tmp_path / "a.acn").stat().st_size
    assert (tmp_path / "a.acn").stat().st_size < 12 * 32 + 300
    outcome = acn("compress", data, tmp_path / "b.acn", *line, "--stored", "never")
    assert "stored" not in json.loads(outcome.out)["candidates"]


def test_of_several_candidates_one_that_cannot_be_costs_no_other(
    acn: Acn, grey_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(self: object, candidate: Any, *given: Any) -> Any:
        if candidate.embed:
            raise CoderError("it does not go")
        return kept(self, candidate, *given)

    work = importlib.import_module("acncodec_cli.compress")._Work
    kept = work._write_one
    monkeypatch.setattr(work, "_write_one", write)
    outcome = acn("compress", grey_file, tmp_path / "a.acn", "--fit", MOMENT, "--json")
    assert outcome.code == 0 and "fitted, embedded: it does not go" in outcome.err, outcome.err
    assert list(json.loads(outcome.out)["candidates"]) == ["stored"]
    outcome = acn(
        "compress", grey_file, tmp_path / "b.acn", "--fit", MOMENT, "--stored", "never"
    )  # fmt: skip
    assert outcome.code == 1 and not (tmp_path / "b.acn").exists()


def test_a_fit_starts_from_a_model_and_codes_all_of_it(
    acn: Acn, grey_file: Path, tmp_path: Path, model_file: Path
) -> None:
    first, archive = tmp_path / "first.safetensors", tmp_path / "a.acn"
    trained = ("train", grey_file, "-o", first, "--preset", "tiny-resnet", "--steps", "5")
    assert acn(*trained).code == 0
    line = ("compress", grey_file, archive, "--fit", MOMENT, "--stored", "never")
    outcome = acn(*line, "--start", first, "--json")
    assert outcome.code == 0, outcome.err
    assert "the weights of first, a causal-resnet of" in outcome.err
    facts = json.loads(outcome.out)
    assert facts["model"] == "fitted" and facts["model_bytes"] > 0
    first.unlink()
    assert acn("verify", archive).code == 0
    outcome = acn(*line, "-f", "--start", model_file)
    assert outcome.code == 1 and "takes (1, 8, 8) images" in outcome.err
    assert acn("compress", grey_file, archive, "-f", "--start", model_file).code == 2
