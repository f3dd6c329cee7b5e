"""`acncodec info`: the header, without a model."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn
from numpy.typing import NDArray

from acncodec.models.frozen import FrozenModel


def test_json_accounts_for_every_byte(acn: Acn, archive: Path, tiny_model: FrozenModel) -> None:
    outcome = acn("info", "--json", archive)
    assert (outcome.code, outcome.err) == (0, "")
    facts = json.loads(outcome.out)
    assert facts["model_sha256"] == tiny_model.model_id.hex()
    assert facts["images"] == 40
    assert facts["shape"] == [1, 8, 8]
    assert facts["values"] == [0, 255]
    assert facts["file_bytes"] == archive.stat().st_size
    parts = sum(section["bytes"] for section in facts["sections"])
    assert facts["header_bytes"] + parts == facts["file_bytes"]
    images_bits = 8 * (facts["file_bytes"] - facts["side_bytes"])
    assert facts["bits_per_image"] == pytest.approx(images_bits / 40)


def test_it_says_why_and_names_labels(
    acn: Acn, images: NDArray[np.uint8], model_file: Path, tmp_path: Path
) -> None:
    source, path = tmp_path / "l.npz", tmp_path / "l.acn"
    which = np.random.default_rng(0).integers(0, 40, 160)
    np.savez(source, x=images[which, 0], note=np.array("kept"), y=which % 7)
    options = ("--model", model_file, "--ordering", "iid", "-q")
    assert acn("compress", source, path, *options).code == 0
    facts = json.loads(acn("info", "--json", path).out)
    assert facts["format_version"] == 2 and facts["labels"] == [1]
    sizes = {section["type"]: section["bytes"] for section in facts["sections"]}
    assert facts["side_bytes"] == sizes["side"] + sizes["labels"]
    (shard,) = facts["shards"]
    worth = math.lgamma(shard["distinct"] + 1) / 160
    assert shard["order_nats_per_image"] == pytest.approx(worth)
    assert shard["reason"].startswith("iid: ") and shard["reason"] in acn("info", path).out


def test_a_bad_file_among_good_ones(acn: Acn, archive: Path, data_file: Path) -> None:
    outcome = acn("info", data_file, archive, archive, "--json")
    assert outcome.code == 1
    assert outcome.err.startswith(f"acncodec: {data_file}: ")
    assert [json.loads(line)["path"] for line in outcome.out.splitlines()] == [str(archive)] * 2


def test_a_name_cannot_write_on_the_terminal(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "a.npz", tmp_path / "a.acn"
    np.savez(source, **{"\x1b[2Jx\n": np.eye(8, dtype=np.uint8)[None]})
    assert acn("compress", source, target, "--model", model_file).code == 0
    outcome = acn("info", target)
    assert "\\x1b[2Jx\\n, uint8" in outcome.out and "\x1b" not in outcome.out
    assert json.loads(acn("info", target, "--json").out)["array"] == "\x1b[2Jx\n"


def test_the_table_labels_its_ratio(acn: Acn, archive: Path) -> None:
    outcome = acn("info", archive)
    assert outcome.code == 0
    assert "x (raw/compressed)" in outcome.out
    assert "stack" in outcome.out


def test_repeats_of_a_mixed_set_are_told_of(acn: Acn, tmp_path: Path) -> None:
    """Of which image they are repeats, the header does not say."""
    rng = np.random.default_rng(1)
    one, other = (rng.integers(0, 256, shape).astype(np.uint8) for shape in ((5, 5), (6, 4)))
    one[0, 0] = other[0, 0] = 255
    np.savez(tmp_path / "a.npz", **{f"x/{at}": (one, other, one, one)[at] for at in range(4)})
    assert acn("compress", tmp_path / "a.npz", tmp_path / "a.acn").code == 0
    told = acn("info", tmp_path / "a.acn").out
    assert "4 of 2 shape(s)" in told and ", 2 stored, 2 repeat others" in told
    assert "49 bytes, packed at their levels, each once" in told
