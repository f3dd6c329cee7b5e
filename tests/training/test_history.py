"""Reading a training log, as it is written and as it may be broken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from acncodec.errors import TrainingError
from acncodec.training.history import read_log
from acncodec.training.progress import Report
from acncodec.training.session import RunLog

REPORT = Report(50, 1.5, 0.1, 8.0, 90.0, 1e-3)


def test_what_was_logged_comes_back(tmp_path: Path) -> None:
    reports = (REPORT, replace(REPORT, step=100, valid_kl_nats=7.0, valid_reconstruction_nats=80.0))
    with RunLog(tmp_path) as log:
        for report in reports:
            log(report)
    assert read_log(tmp_path / "log.jsonl") == reports


def test_of_which_prior_a_kl_is_comes_back_too(tmp_path: Path) -> None:
    report = replace(REPORT, kl_name="code_prior_nats")
    with RunLog(tmp_path) as log:
        log(report)
    assert read_log(tmp_path / "log.jsonl") == (report,)
    path = tmp_path / "log.jsonl"
    path.write_text(path.read_text().replace('"code_prior_nats"', "3"))
    with pytest.raises(TrainingError, match="line 1 is not a training report"):
        read_log(tmp_path / "log.jsonl")


def test_what_a_resumed_run_wrote_later_stands(tmp_path: Path) -> None:
    steps = [50, 100, 150, 100, 150, 200]
    with RunLog(tmp_path) as log:
        for index, step in enumerate(steps):
            log(replace(REPORT, step=step, kl_nats=float(index)))
    found = read_log(tmp_path / "log.jsonl")
    assert [report.step for report in found] == [50, 100, 150, 200]
    assert [report.kl_nats for report in found] == [0.0, 3.0, 4.0, 5.0]


def test_fields_of_later_versions_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(
        '{"step": 1, "seconds": 0, "progress": 0, "kl_nats": 1, "reconstruction_nats": 2,'
        ' "learning_rate": 1e-3, "mood": "good"}\n\n'
    )
    assert read_log(path) == (Report(1, 0.0, 0.0, 1.0, 2.0, 1e-3),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no report"),
        (b"{", "line 1 is not a training report: JSONDecodeError"),
        (b"[]\n", "line 1 is not a training report: TypeError"),
        (b'{"step": 1}\n', "KeyError: 'seconds'"),
        (b'{"step": true, "seconds": 0}\n', "True is not a number"),
        (b'{"step": 1, "seconds": NaN}\n', "nan is not a number"),
        (b"\xff\xfe", "not a training log"),
    ],
)
def test_what_is_no_log(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(content)
    with pytest.raises(TrainingError, match=message):
        read_log(path)


def test_a_missing_log(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cannot be read: No such file"):
        read_log(tmp_path / "none")
