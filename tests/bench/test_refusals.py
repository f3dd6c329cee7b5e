"""`bench/refusals.py`: what is refused by the command and by a call, and leaves nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hostile_sets import HOSTILE
from mixed_forge import GOLDEN
from refusals import bomb, by_process, hostile, refused, seconds_to_refuse

from acncodec.errors import AcnError
from acncodec.images import load_any


def test_a_bomb_is_refused_by_a_process_and_by_a_call() -> None:
    row = bomb("gigabytes of repeats", [])
    assert row["left_behind"] == [] and "images of 2,000,000,000 bytes" in row["message"]
    assert min(row["refusal_seconds"], row["command_seconds"]) > 0


def test_what_is_decoded_is_no_bomb() -> None:
    with pytest.raises(SystemExit, match="was not refused"):
        refused(GOLDEN / "keep-none-stored.acn", [], 1)


def test_a_set_is_refused_by_a_process_and_by_a_call() -> None:
    row = hostile("a zip with a name that climbs out")
    assert row["left_behind"] == [] and "leads out of the folder" in row["message"]
    assert min(row["refusal_seconds"], row["command_seconds"]) > 0


@pytest.mark.parametrize("name", HOSTILE)
def test_each_set_is_refused_with_its_words(name: str, tmp_path: Path) -> None:
    make, ending, words = HOSTILE[name]
    path = tmp_path / f"set{ending}"
    path.write_bytes(make())
    with pytest.raises(AcnError) as found:
        load_any(path)
    assert words and words in str(found.value)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert seconds_to_refuse(lambda: load_any(path), AcnError, 2) > 0


def test_what_is_taken_is_no_refusal(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((3, 8, 8), np.uint8))
    with pytest.raises(SystemExit, match="was not refused"):
        seconds_to_refuse(lambda: load_any(tmp_path / "a.npy"), AcnError, 1)
    with pytest.raises(SystemExit):
        by_process(tmp_path / "a.npy", "info", words="no word of that")
