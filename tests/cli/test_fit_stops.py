"""`acncodec compress --fit` that is stopped or killed, or whose disk or data change."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_types import Acn
from heard import HEARD
from level_sets import level_array
from moments import MOMENT

from acncodec.container import read_header
from acncodec.images import load_dataset
from acncodec.training import fit as training_fit
from acncodec.training.checkpoint import load_checkpoint

pytestmark = pytest.mark.usefixtures("only_mnist")


def test_a_state_of_other_images_is_no_reason_to_begin_anew_unasked(
    acn: Acn, grey_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.acn.fit").write_bytes(b"of something else")
    outcome = acn("compress", grey_file, tmp_path / "a.acn", "--fit", MOMENT)
    assert outcome.code == 1 and "a.acn.fit: not a training checkpoint" in outcome.err
    assert not (tmp_path / "a.acn").exists() and (tmp_path / "a.acn.fit").exists()


# The trainer says that it has begun; no clock decides when it is told to end. The first steps are
# those that are timed.
TIMING = f"""{HEARD}
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
# Here none are: all steps are the fit's.
FITTING = f"""
from acncodec.training import here

here.step_seconds = lambda *_: 1e-9
{TIMING}
"""


def fitting(source: Path, target: Path, code: str = FITTING) -> subprocess.Popen[str]:
    line = ["compress", str(source), str(target), "--fit", "1000", "--threads", "1"]
    return subprocess.Popen(
        [sys.executable, "-c", code, *line],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("code", [FITTING, TIMING], ids=["fitting", "timing"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_the_fit_and_codes_with_what_there_is(
    grey_file: Path, tmp_path: Path, number: signal.Signals, code: str
) -> None:
    with fitting(grey_file, tmp_path / "a.acn", code) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "step\n"
        process.send_signal(number)
        out, errors = process.communicate("\n" * 9)
    assert process.returncode == 0, errors
    assert "the fit ends" in errors and "fitted" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.acn", "grey.npz"]
    assert read_header(tmp_path / "a.acn").header.count == load_dataset(grey_file).count


@pytest.mark.parametrize(
    ("fit", "left"),
    [(FITTING, ["a.acn.fit", "grey.npz"]), (TIMING, ["grey.npz"])],
    ids=["fitting", "timing"],
)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_second_signal_stops_and_keeps_the_state_of_a_fit_that_has_begun(
    grey_file: Path, tmp_path: Path, number: signal.Signals, code: int, fit: str, left: list[str]
) -> None:
    with fitting(grey_file, tmp_path / "a.acn", fit) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "step\n"
        process.send_signal(number)
        while "the fit ends" not in (line := process.stderr.readline()):
            assert line
        process.send_signal(number)
        process.communicate("\n" * 3)
    assert process.returncode == code
    assert sorted(path.name for path in tmp_path.iterdir()) == left


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
