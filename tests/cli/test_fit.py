"""`acncodec compress --fit`: the smallest file of several, and what is left when it is stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn
from heard import HEARD
from level_sets import level_array

from acncodec.container import read_header
from acncodec.images import load_dataset

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
    outcome = acn("compress", grey_file, archive, "--fit", MOMENT, "--verify", "--json")
    assert outcome.code == 0, outcome.err
    facts = json.loads(outcome.out)
    assert facts["model"] == "fitted" and 0 < facts["model_bytes"] < facts["file_bytes"]
    assert facts["file_bytes"] == archive.stat().st_size
    assert facts["candidates"] == {"fitted, embedded": facts["file_bytes"]}
    assert "weights" in outcome.err and "ms for 1,024 pixels" in outcome.err
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


def fitting(source: Path, target: Path) -> subprocess.Popen[str]:
    line = ["compress", str(source), str(target), "--fit", "1000", "--threads", "1"]
    return subprocess.Popen(
        [sys.executable, "-c", FITTING, *line],
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
