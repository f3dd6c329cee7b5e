"""Files of which some images tell that they would be larger are not written."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

import pytest
from level_sets import level_set, tiny_resnet

from acncodec.codec import CompressOptions
from acncodec.codec.compress_set import compress_set
from acncodec.models import find_by_name_or_path
from acncodec_cli import outlook as module
from acncodec_cli.fit import Candidate, write_smallest

DATA = level_set("grey", 400, 1, 12, 12)
GOOD, BAD = Candidate(find_by_name_or_path("grey"), False), Candidate(tiny_resnet(1), False)


def asked(**changed: Any) -> Any:
    return SimpleNamespace(**{"order": "any", "stored": "auto", "threads": 1} | changed)


def written(candidate: Candidate, file: BinaryIO) -> tuple[Any, float]:
    options = CompressOptions("any", threads=1, embed=candidate.embed, stored="never")
    return compress_set(DATA, candidate.models, options, file), 0.0


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MANY_BYTES", DATA.raw_bytes)
    monkeypatch.setattr("acncodec.analysis.estimate.FEW_STORED", 1.0)


@pytest.mark.usefixtures("many")
def test_an_estimate_is_near_what_the_file_would_be() -> None:
    near = Candidate(GOOD.model, True)
    larger = module.outlook(asked(), DATA)
    sizes = [written(one, io.BytesIO())[0].file_bytes for one in (GOOD, near)]
    assert larger(near, GOOD, sizes[0]) == pytest.approx(sizes[1], rel=0.03)


@pytest.mark.usefixtures("many")
def test_what_might_be_smaller_is_written() -> None:
    larger = module.outlook(asked(), DATA)
    near = Candidate(GOOD.model, True)
    assert larger(GOOD, near, 1000) is None and larger(GOOD, GOOD, 1000) is None
    assert larger(Candidate(None, False), GOOD, 1000) is None


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(("name", "value"), [("MANY_BYTES", DATA.raw_bytes + 1), ("MARGIN", 1e9)])
def test_of_few_images_every_file_is_written(
    name: str, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = Candidate(GOOD.model, True)
    assert module.outlook(asked(), DATA)(near, GOOD, 1000) is not None
    monkeypatch.setattr(module, name, value)
    assert module.outlook(asked(), DATA)(near, GOOD, 1000) is None


@pytest.mark.usefixtures("many")
def test_where_many_would_be_stored_every_file_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    near = Candidate(GOOD.model, True)
    monkeypatch.setattr("acncodec.analysis.estimate.FEW_STORED", -1.0)
    assert module.outlook(asked(), DATA)(near, GOOD, 1000) is None
    assert module.outlook(asked(stored="never"), DATA)(near, GOOD, 1000) is None


def test_what_is_larger_is_told_and_not_written(tmp_path: Path) -> None:
    made: list[Candidate] = []

    def write(candidate: Candidate, file: BinaryIO) -> tuple[Any, float]:
        made.append(candidate)
        return written(candidate, file)

    def larger(candidate: Candidate, best: Candidate, file_bytes: int) -> int | None:
        assert best is GOOD and file_bytes > 0
        return 2 * file_bytes if candidate is BAD else None

    file, third = io.BytesIO(), Candidate(GOOD.model, True)
    kept, stats, _, sizes = write_smallest([GOOD, BAD, third], file, tmp_path, write, larger)
    assert made == [GOOD, third] and kept is GOOD and len(file.getvalue()) == stats.file_bytes
    told = f"{BAD.about}, by an estimate"
    assert set(sizes) == {GOOD.about, third.about, told}
    assert sizes[told] == 2 * sizes[GOOD.about]
