"""The model a report is about, and which results are of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from acncodec.errors import ReportError
from acncodec.report.results import Results, Source
from acncodec.report.schema import Bench, Measured, ModelFacts

MAIN_FILE = "model.json"


@dataclass(frozen=True)
class Subject:
    """The report's model. `facts` is what `models show` says of it, if that is a result."""

    name: str
    sha256: str
    facts: ModelFacts | None = None
    source: Source | None = None

    def has(self, result: Measured) -> bool:
        """Whether `result` was measured with this very model."""
        return result.model_sha256 == self.sha256


def find_subject(results: Results, name: str | None = None) -> Subject:
    """The model that `name` (a name or the beginning of a SHA-256) means.

    Without a name: the one of `model.json`, else the only one there is.

    Raises:
        ReportError: there is none, or more than one.
    """
    known: dict[str, Subject] = {}
    main = None
    for source, facts in results.of(ModelFacts):
        subject = Subject(facts.name, facts.sha256, facts, source)
        known.setdefault(facts.sha256, subject)
        if PurePosixPath(source.path).name == MAIN_FILE:
            main = main or subject
    for _, bench in results.of(Bench):
        known.setdefault(bench.model_sha256, Subject(bench.model, bench.model_sha256))
    found = list(known.values())
    if name is not None:
        found = [each for each in found if name == each.name or each.sha256.startswith(name)]
        if not found:
            raise ReportError(f"no result is of a model {name!r}")
    elif main is not None:
        found = [main]
    if not found:
        raise ReportError("no result names a model (`acncodec models show NAME --json` is one)")
    if len(found) > 1:
        names = ", ".join(f"{each.name} ({each.sha256[:8]})" for each in found)
        raise ReportError(f"results of several models ({names}); name one with --model")
    return found[0]


def model_label(result: Measured, subject: Subject) -> str:
    """How a result's model is called; two of one name are told apart by their SHA-256."""
    if result.model_sha256 is None:
        return result.model or "not stated"
    if result.model == subject.name and not subject.has(result):
        return f"{result.model} ({result.model_sha256[:8]})"
    return result.model or result.model_sha256[:8]
