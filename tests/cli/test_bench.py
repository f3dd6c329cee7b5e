"""`acncodec bench`: one entry an ordering, as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from cli_types import Acn
from optional import needs_torchac


def test_json(acn: Acn, data_file: Path, model_file: Path) -> None:
    line = ("bench", data_file, "--model", model_file, "--samples", 2, "--json")
    outcome = acn(*line, "--ordering", "tour", "--ordering", "urn")
    assert outcome.code == 0, outcome.err
    facts = json.loads(outcome.out)
    assert list(facts["orderings"]) == ["tour", "urn"]
    assert facts["orderings"]["tour"]["alpha"] is None
    assert facts["orderings"]["urn"]["alpha"] >= 1
    assert facts["coder"] == "ans"
    assert all(entry["restored_exactly"] for entry in facts["orderings"].values())


@needs_torchac
def test_two_coders(acn: Acn, data_file: Path, model_file: Path) -> None:
    line = ("bench", data_file, "--model", model_file, "--samples", 2, "--json")
    outcome = acn(*line, "--ordering", "iid", "--coder", "ans", "--coder", "torchac")
    assert outcome.code == 0, outcome.err
    first, second = (json.loads(text) for text in outcome.out.splitlines())
    assert (first["coder"], second["coder"]) == ("ans", "torchac")
    one, other = first["orderings"]["iid"], second["orderings"]["iid"]
    assert one["restored_exactly"] and other["restored_exactly"]
    assert one["bound_nats"] == other["bound_nats"]
    assert one["ideal_nats"] != other["ideal_nats"]


def test_table(acn: Acn, data_file: Path, model_file: Path) -> None:
    line = ("bench", data_file, "--model", model_file, "--samples", 2, "--ordering", "iid")
    outcome = acn(*line)
    assert outcome.code == 0, outcome.err
    assert "iid" in outcome.out
    assert "tour" not in outcome.out
    assert "NO" not in outcome.out


def test_a_baseline_is_measured_with_what_it_can_do(
    acn: Acn, data_file: Path, baseline_file: Path
) -> None:
    line = ("bench", data_file, "--model", baseline_file, "--samples", 2, "--json")
    outcome = acn(*line)
    assert outcome.code == 0, outcome.err
    assert list(json.loads(outcome.out)["orderings"]) == ["iid", "set"]
    outcome = acn(*line, "--ordering", "tour")
    assert outcome.code == 1
    assert "no prior network" in outcome.err


def test_no_images_is_an_error(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    outcome = acn("bench", tmp_path / "none.npz", "--model", model_file)
    assert outcome.code == 1
