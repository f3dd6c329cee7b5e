"""A report is about one model, and says whose a result is."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_results.everything import write_results
from made_results.files import bench
from made_results.models import model
from made_results.origin import OTHER_SHA, SHA

from acncodec.errors import ReportError
from acncodec.report.results import load_results
from acncodec.report.schema import Bench
from acncodec.report.subject import find_subject, model_label


def test_the_model_of_model_json(folder: Path) -> None:
    subject = find_subject(load_results([folder]))
    assert (subject.name, subject.sha256) == ("mnist", SHA)
    assert subject.facts is not None and subject.facts.parameters == 1000


@pytest.mark.parametrize("name", ["mnist-pixelcnn", OTHER_SHA[:8]])
def test_another_model_by_name_or_sha(folder: Path, name: str) -> None:
    assert find_subject(load_results([folder]), name).sha256 == OTHER_SHA


def test_an_unknown_name(folder: Path) -> None:
    with pytest.raises(ReportError, match="no result is of a model 'nothing'"):
        find_subject(load_results([folder]), "nothing")


def test_the_only_model_needs_no_facts(tmp_path: Path) -> None:
    results = load_results([write_results(tmp_path, {"a.json": bench()})])
    assert find_subject(results).facts is None


def test_several_models_and_none_of_them_the_main_one(tmp_path: Path) -> None:
    facts = {"a.json": model(), "b.json": model(name="other", sha256=OTHER_SHA)}
    with pytest.raises(ReportError, match=r"several models \(mnist \(aaaaaaaa\), other"):
        find_subject(load_results([write_results(tmp_path, facts)]))


def test_models_of_one_name_are_told_apart(tmp_path: Path) -> None:
    files = {"model.json": model(), "a.json": bench(), "b.json": bench(model_sha256=OTHER_SHA)}
    results = load_results([write_results(tmp_path, files)])
    subject = find_subject(results)
    labels = [model_label(value, subject) for _, value in results.of(Bench)]
    assert labels == ["mnist", "mnist (bbbbbbbb)"]
