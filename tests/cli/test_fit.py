"""`acncodec compress --fit`: the smallest file of several, and what is left when it is stopped."""

from __future__ import annotations

import importlib
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_types import Acn
from heard import HEARD
from level_sets import level_array, tiny_resnet

from acncodec.container import read_header
from acncodec.errors import CoderError
from acncodec.images import load_dataset
from acncodec.training import fit as training_fit
from acncodec.training.checkpoint import load_checkpoint

pytestmark = pytest.mark.usefixtures("only_mnist")

MOMENT = "0.0000001"
"""Minutes: one step is made."""


@pytest.fixture
def grey_file(tmp_path: Path) -> Path:
    path = tmp_path / "grey.npz"
    np.savez(path, x=level_array("grey", 40, 1, 12, 12), y=np.arange(40))
    return path


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
        (("--fit", "0"), "not in the range x>0"),
        (("--fit", "nan"), "nan"),
        (("--fit", "inf"), "is not a time"),
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


def test_a_state_of_other_images_is_no_reason_to_begin_anew_unasked(
    acn: Acn, grey_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.acn.fit").write_bytes(b"of something else")
    outcome = acn("compress", grey_file, tmp_path / "a.acn", "--fit", MOMENT)
    assert outcome.code == 1 and "a.acn.fit: not a training checkpoint" in outcome.err
    assert not (tmp_path / "a.acn").exists() and (tmp_path / "a.acn.fit").exists()


# The trainer says that it has begun; no clock decides when it is told to end.
FITTING = f"""{HEARD}
import sys
from acncodec.training.loop import Trainer
from acncodec_cli.main import main

step = Trainer._train_step

def said(self, budget):
    found = step(self, budget)
    print("step", flush=True)
    sys.stdin.readline()
    return found

Trainer._train_step = said
main()
"""


def fitting(source: Path, target: Path, code: str = FITTING) -> subprocess.Popen[str]:
    line = ["compress", str(source), str(target), "--fit", "1000", "--threads", "1"]
    return subprocess.Popen(
        [sys.executable, "-c", code, *line],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_the_fit_and_codes_with_what_there_is(
    grey_file: Path, tmp_path: Path, number: signal.Signals
) -> None:
    with fitting(grey_file, tmp_path / "a.acn") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "step\n"
        process.send_signal(number)
        out, errors = process.communicate("\n" * 3)
    assert process.returncode == 0, errors
    assert "the fit ends" in errors and "fitted" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.acn", "grey.npz"]
    assert read_header(tmp_path / "a.acn").header.count == load_dataset(grey_file).count


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_second_signal_stops_and_keeps_the_state(
    grey_file: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with fitting(grey_file, tmp_path / "a.acn") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "step\n"
        process.send_signal(number)
        while "the fit ends" not in (line := process.stderr.readline()):
            assert line
        process.send_signal(number)
        process.communicate("\n" * 3)
    assert process.returncode == code
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.acn.fit", "grey.npz"]


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


# Checkpoints come every second step.
OFTEN = """
from dataclasses import replace
from acncodec.training import choice

choice.FIT = replace(choice.FIT, checkpoint_steps=2)
"""


@pytest.mark.parametrize("steps", [1, 4, 7])
def test_a_fit_goes_on_where_it_was_killed(
    acn: Acn, grey_file: Path, tmp_path: Path, steps: int
) -> None:
    archive, state = tmp_path / "a.acn", tmp_path / "a.acn.fit"
    with fitting(grey_file, archive, OFTEN + FITTING) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        for _ in range(steps):
            assert process.stdout.readline() == "step\n"
            process.stdin.write("\n")
            process.stdin.flush()
        assert process.stdout.readline() == "step\n"
        process.kill()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.acn.fit", "grey.npz"]
    assert load_checkpoint(state)[1]["step"] == steps // 2 * 2
    outcome = acn("compress", grey_file, archive, "--fit", MOMENT, "--stored", "never", "--verify")
    assert outcome.code == 0, outcome.err
    assert "has begun it" in outcome.err and not state.exists()
    assert acn("verify", archive).code == 0


# After the first state no more can be written.
FULL = """
import resource, signal
from acncodec.training.loop import Trainer

save = Trainer.save

def then_full(self, path):
    save(self, path)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))

Trainer.save = then_full
"""


def test_a_disk_that_is_full_later_leaves_the_last_state(
    acn: Acn, grey_file: Path, tmp_path: Path
) -> None:
    archive, state = tmp_path / "a.acn", tmp_path / "a.acn.fit"
    with fitting(grey_file, archive, FULL + OFTEN + FITTING) as process:
        _, errors = process.communicate("\n" * 10)
    assert process.returncode == 1 and "Traceback" not in errors
    assert "a.acn.fit: the checkpoint cannot be written" in errors
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.acn.fit", "grey.npz"]
    assert load_checkpoint(state)[1]["step"] == 0
    assert acn("compress", grey_file, archive, "--fit", MOMENT).code == 0 and not state.exists()


def test_data_that_change_meanwhile_are_refused(
    acn: Acn, grey_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit_model = training_fit.fit_model

    def meanwhile(*arguments: Any, **more: Any) -> Any:
        found = fit_model(*arguments, **more)
        np.savez(grey_file, x=level_array("grey", 30, 2, 12, 12))
        return found

    line = ("compress", grey_file, tmp_path / "a.acn", "--fit", MOMENT)
    with monkeypatch.context() as patch:
        patch.setattr(training_fit, "fit_model", meanwhile)
        outcome = acn(*line)
    assert outcome.code == 1 and "grey.npz: changed while a model was fitted to it" in outcome.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.acn.fit", "grey.npz"]
    outcome = acn(*line)  # the state is of the images that were there before
    assert outcome.code == 1 and "remove" in outcome.err and "to begin anew" in outcome.err
    (tmp_path / "a.acn.fit").unlink()
    assert acn(*line).code == 0


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
