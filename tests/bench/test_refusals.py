"""`bench/refusals.py`: a bomb is refused by the command, and nothing is left."""

from __future__ import annotations

import pytest
from mixed_forge import GOLDEN
from refusals import one, refused


def test_a_bomb_is_refused_by_a_process_and_by_a_call() -> None:
    row = one("gigabytes of repeats", [])
    assert row["left_behind"] == [] and "images of 2,000,000,000 bytes" in row["message"]
    assert min(row["refusal_seconds"], row["process_seconds"]) > 0


def test_what_is_decoded_is_no_bomb() -> None:
    with pytest.raises(SystemExit, match=r"keep-none-stored\.acn was decoded"):
        refused(GOLDEN / "keep-none-stored.acn", [])
