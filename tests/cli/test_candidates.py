"""What `compress --fit` says of the files that it made and did not keep."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from acncodec_cli.compress_report import candidates_text


def told(sizes: dict[str, int], stored: int, images: int = 9) -> list[str]:
    stats: Any = SimpleNamespace(stored_images=stored, images=images)
    return [" ".join(line.split()) for line in candidates_text(sizes, stats).splitlines()]


def test_the_smallest_was_kept() -> None:
    lines = told({"fitted, embedded": 900, "grey": 1200}, 2)
    assert lines == ["", "kept 900 bytes: fitted, embedded", "left 1,200 bytes: grey"]


def test_of_two_alike_one_was_kept() -> None:
    lines = told({"fitted": 900, "grey": 900, "other": 950}, 0)
    assert lines[1:] == [
        "kept 900 bytes: fitted", "left 950 bytes: other", "left 900 bytes: grey",
    ]  # fmt: skip


def test_where_all_are_stored_no_model_was_kept() -> None:
    lines = told({"fitted, embedded": 900, "grey, embedded": 900, "fitted": 950}, 9)
    assert lines[1:] == ["kept 900 bytes: all images stored, by no model", "left 950 bytes: fitted"]


def test_of_a_single_one_nothing_is_said() -> None:
    assert told({"grey": 900}, 0) == []
