"""From results to the report as data: head, tiles, sections, origins."""

from __future__ import annotations

import re

from acncodec.analysis import paper
from acncodec.report.document import Document, Fact, Highlight, Origin
from acncodec.report.points import Point, largest, on_test_set, points_of
from acncodec.report.results import KINDS, Found, Results
from acncodec.report.schema import Machine, Measured, ModelFacts, TrainingLog
from acncodec.report.sections import build_sections
from acncodec.report.subject import Subject, find_subject, model_label


def build_report(results: Results, model: str | None = None) -> Document:
    """The report on one model: the one `model` names, else that of `model.json`.

    Raises:
        ReportError: the model is not to be found, or matplotlib is missing.
    """
    subject = find_subject(results, model)
    sections, missing = build_sections(results, subject)
    lead = (
        "acncodec compresses a set of images as one thing, by the procedure of Associative "
        f"Compression Networks ([Graves, Menick and van den Oord, 2018]({paper.PAPER})). "
        "Every number below is read from a result file; the numbers in brackets say which."
    )
    return Document(
        title=f"acncodec: results of the model {subject.name}",
        lead=lead,
        facts=tuple(_facts(results, subject)),
        highlights=tuple(_highlights(points_of(results, subject))),
        sections=sections,
        missing=missing,
        origins=tuple(_origin(found, subject) for found in _once(results)),
        unknown=results.unknown,
    )


def _facts(results: Results, subject: Subject) -> list[Fact]:
    facts = [Fact("Model", f"{subject.name}, SHA-256 `{subject.sha256}`")]
    known = subject.facts
    if known is not None:
        parts = [f"{known.parameters:,} parameters"]
        if known.integer_bytes is not None:
            parts.append(f"{known.integer_bytes:,} bytes of integers to decode")
        if known.macs_per_image is not None:
            parts.append(f"{known.macs_per_image / 1e6:,.0f} million multiply-adds an image")
        facts.append(Fact("Size", "; ".join(parts)))
        run = [] if known.steps is None else [f"{known.steps:,} steps"]
        if known.minutes is not None:
            run.append(f"{known.minutes:,.0f} minutes")
        if known.seed is not None:
            run.append(f"seed {known.seed}")
        trained_on = known.training_data or {}
        if "images" in trained_on and "file" in trained_on:
            run.append(f"{trained_on['images']:,} images of {trained_on['file']}")
        if run:
            facts.append(Fact("Training", ", ".join(run)))
    mine = [value for _, value in results.of(Measured) if subject.has(value)]
    data = {
        f"{result.data.rsplit('/', 1)[-1]} ({count:,} images)": None
        for result in mine
        if result.data and (count := getattr(result, "images", None))
    }
    everything = [value for _, value in results.of(Measured)]
    machines = {_machine(result.machine): None for result in everything if result.machine}
    dates = sorted({result.date for result in everything if result.date})
    if data:
        facts.append(Fact("Data", ", ".join(sorted(data, key=_natural))))
    if machines:
        facts.append(Fact("Machine", "; ".join(sorted(machines))))
    if dates:
        facts.append(Fact("Measured", dates[0] + (f" to {dates[-1]}" if dates[1:] else "")))
    facts.append(Fact("Commands", "those of the result files, listed under [Results](#results)"))
    return facts


def _natural(text: str) -> list[tuple[int, str]]:
    """A key that sorts numbers in a text by their value."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", text)]


def _highlights(points: tuple[Point, ...]) -> list[Highlight]:
    shown = largest(points)
    if not shown:
        return []
    best = min(shown, key=lambda point: point.costs.file_nats)
    tiles = [
        Highlight(
            f"{best.costs.file_nats:.2f}", "nats/image",
            f"smallest file of {best.bench.images:,} images ({best.label})",
        )
    ]  # fmt: skip
    for point in on_test_set(shown):
        figure = None if point.solver else paper.ORDERINGS.get(point.strategy)
        if figure is not None and figure.value is not None:
            tiles.append(
                Highlight(
                    f"{point.costs.file_nats:.2f}", "nats/image",
                    f"file of {point.label}; the paper's bound is {figure.value:.1f}",
                )
            )  # fmt: skip
    worst = max(point.costs.file_nats / point.costs.bound_nats - 1 for point in shown)
    tiles.append(Highlight(f"{100 * worst:+.2f}", "%", "file over its bound, the worst strategy"))
    return tiles


def _once(results: Results) -> list[Found]:
    """The first result of each file."""
    first: dict[int, Found] = {}
    for found in results.found:
        first.setdefault(found.source.number, found)
    return list(first.values())


def _machine(machine: Machine) -> str:
    cores = f"{machine.cores} cores" if machine.cores else ""
    return ", ".join(part for part in (machine.processor, cores, machine.system) if part)


def _origin(found: Found, subject: Subject) -> Origin:
    value = found.value
    names = {kind: name for name, kind in KINDS.items()}
    kind = names.get(type(value), "training log")
    if isinstance(value, TrainingLog):
        return Origin(found.source, kind, value.name, "", "", "", "")
    if not isinstance(value, Measured):
        return Origin(found.source, kind, "", "", "", "", "")
    machine = _machine(value.machine) if value.machine else ""
    versions = ", ".join(f"{name} {version}" for name, version in value.versions.items())
    name = value.name if isinstance(value, ModelFacts) else value.model
    if value.model_sha256 is not None:
        name = model_label(value, subject)
    return Origin(
        found.source, kind, name, value.command or "", machine, value.date or "", versions
    )
