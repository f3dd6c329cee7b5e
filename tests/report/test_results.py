"""Result files are recognised by kind, checked, and named in errors."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from made_results.everything import everything, write_results
from made_results.files import bench
from made_results.models import k_sweep, model, probe, training_lines

from acncodec.errors import ReportError
from acncodec.report import schema
from acncodec.report.results import KINDS, Results, load_results

ROOT = Path(__file__).resolve().parents[2]


def one(folder: Path, value: object, name: str = "result.json") -> Results:
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return load_results([path])


def test_a_folder_holds_one_of_each_kind(folder: Path) -> None:
    results = load_results([folder])
    kinds = {type(found.value) for found in results.found}
    assert kinds == {*KINDS.values(), schema.TrainingLog}
    paths = [source.path for source in results.sources]
    assert paths == sorted(paths)
    assert [source.number for source in results.sources] == list(range(1, len(paths) + 1))
    assert results.unknown == ()


@pytest.mark.parametrize(
    ("value", "kind"),
    [(probe(), schema.Probe), (k_sweep(), schema.KSweep), (bench(), schema.Bench)],
)
def test_the_kind_is_told_without_being_named(
    tmp_path: Path, value: dict[str, Any], kind: type
) -> None:
    value.pop("kind", None)
    (found,) = one(tmp_path, value).found
    assert type(found.value) is kind


def test_several_objects_in_one_file(tmp_path: Path) -> None:
    text = "\n".join(json.dumps(bench(coder=coder)) for coder in ("ans", "torchac")) + "\n"
    results = one(tmp_path, text)
    assert [value.coder for _, value in results.of(schema.Bench)] == ["ans", "torchac"]
    assert len(results.sources) == 1


def test_a_file_named_twice_counts_once(folder: Path) -> None:
    again = load_results([folder, folder / "model.json", folder / "training"])
    assert again.found == load_results([folder]).found


def test_a_training_log_has_its_models_name_and_only_the_last_of_repeated_steps(
    tmp_path: Path,
) -> None:
    lines = training_lines()
    again = [{**line, "kl_nats": 1.0} for line in lines[1:]]  # a run resumed from step 10
    text = "\n".join(json.dumps(line) for line in [*lines[:3], *again])
    ((_, log),) = one(tmp_path, text, "mnist.jsonl").of(schema.TrainingLog)
    assert log.name == "mnist"
    assert [point.step for point in log.points] == [10, 20, 30, 40]
    assert [point.kl_nats for point in log.points] == [5.0, 1.0, 1.0, 1.0]
    assert log.points[1].valid_nats == 96.0
    assert log.points[0].valid_nats is None


def changed(value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**value, **more}


def without(value: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: entry for name, entry in value.items() if name != key}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "malformed JSON"),
        ('{"a": NaN}', "malformed JSON"),
        ('{"a": 1', "malformed JSON"),
        ("[" * 100_000, "malformed JSON"),
        ("[]", "list where an object must be"),
        ("{}\n3", "int where an object must be"),
        ({"hello": 1}, "no result of a known kind"),
        (changed(probe(), kind="prob"), "unknown kind 'prob'"),
        (changed(probe(), kind=["probe"]), "unknown kind"),
        (changed(probe(), rows=[]), "has no rows"),
        (changed(bench(), orderings={}), "has no rows"),
        (changed(bench(), images=0), "is of no images"),
        (changed(bench(), images=-1), r"bench result: Expected `int` >= 0 - at `\$.images`"),
        (changed(bench(), images="many"), r"Expected `int`, got `str` - at `\$.images`"),
        (without(bench(), "model_sha256"), "does not name its model"),
        (without(bench(), "coder"), "no result of a known kind"),
        (changed(without(bench(), "coder"), kind="bench"), "missing required field `coder`"),
        (changed(bench(), orderings={"iid": {}}), "missing required field `bound_nats`"),
        (changed(probe(), rows=[{"representation": "acn", "linear_accuracy": 98.5}]), "<= 1"),
        (
            {"kind": "fuzz", "rows": [{"name": "cut", "cases": 1, "failures": 2}]},
            "cut: more failures than cases",
        ),
    ],
)  # fmt: skip
def test_a_malformed_result_is_an_error_that_names_the_file(
    tmp_path: Path, value: object, message: str
) -> None:
    with pytest.raises(ReportError, match=message) as caught:
        one(tmp_path, value)
    assert str(caught.value).startswith(str(tmp_path / "result.json"))


def test_a_malformed_line_of_a_log_is_named(tmp_path: Path) -> None:
    lines = [*training_lines(), changed(training_lines()[0], step="next")]
    text = "\n".join(json.dumps(line) for line in lines)
    with pytest.raises(ReportError, match=r"mnist.jsonl: line 5: Expected `int`"):
        one(tmp_path, text, "mnist.jsonl")


def test_unknown_kinds_in_a_folder_are_listed_and_not_used(folder: Path) -> None:
    (folder / "notes.json").write_text('{"hello": 1}', encoding="utf-8")
    results = load_results([folder])
    assert results.unknown == ("results/notes.json",)
    assert "results/notes.json" not in [source.path for source in results.sources]


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no such file or folder"):
        load_results([tmp_path / "nothing"])
    with pytest.raises(ReportError, match="there are no results"):
        load_results([tmp_path])


def test_null_stands_for_a_number_that_is_not_there(tmp_path: Path) -> None:
    value = bench()
    value["orderings"]["iid"]["bound_standard_error"] = None
    ((_, found),) = one(tmp_path, value).of(schema.Bench)
    assert found.orderings["iid"].bound_standard_error is None


def test_the_committed_results_are_all_known() -> None:
    assert load_results([ROOT / "bench" / "results"]).unknown == ()


def test_every_kind_and_field_is_documented() -> None:
    text = (ROOT / "docs" / "REPORT.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[A-Za-z_0-9]+", " ".join(re.findall(r"`[^`]+`|\{.*\}", text))))
    assert set(KINDS) <= words
    classes = [entry for entry in vars(schema).values() if isinstance(entry, type)]
    names = {
        name
        for entry in classes
        for name in getattr(entry, "__dataclass_fields__", {})
        if entry is not schema.TrainingLog
    }
    assert names - words == set()


def test_the_made_results_are_whole(tmp_path: Path) -> None:
    """What other tests rely on: no field of them is ignored by mistake of spelling."""
    write_results(tmp_path, everything())
    ((_, facts),) = load_results([tmp_path]).of(schema.ModelFacts)
    assert facts.recipe == model()["recipe"]
