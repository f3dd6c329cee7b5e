"""Result files: found, read, recognised and checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from acncodec.errors import ReportError
from acncodec.report import schema

T = TypeVar("T")

# A kind is told by its name in the field `kind`; without it, by fields that only it has: of the
# object, or of the first of its `rows`. docs/REPORT.md lists the same.
KINDS: dict[str, type] = {
    "bench": schema.Bench,
    "speed": schema.Speed,
    "model": schema.ModelFacts,
    "rivals": schema.Rivals,
    "orders": schema.Orders,
    "probe": schema.Probe,
    "k_sweep": schema.KSweep,
    "choices": schema.Choices,
    "held_back_choices": schema.HeldBackChoices,
    "probe_curve": schema.ProbeCurve,
    "costs": schema.Costs,
    "fuzz": schema.Fuzz,
    "faults": schema.Faults,
    "labels": schema.Labels,
    "coded_models": schema.CodedModels,
    "urn": schema.Urns,
    "scale": schema.Scale,
    "speed_trials": schema.SpeedTrials,
    "decoders": schema.Decoders,
    "one_photograph": schema.OnePhotograph,
    "photographs": schema.Photographs,
    "many_shapes": schema.ManyShapes,
    "left_out": schema.LeftOut,
    "beside": schema.Beside,
    "families": schema.Families,
    "auto_encoders": schema.AutoEncoders,
    "latents_worth": schema.LatentsWorth,
    "explore_pages": schema.ExplorePages,
    "refusals": schema.Refusals,
    "ray_beside": schema.RayBeside,
    "random_access": schema.RandomAccess,
    "level_speed": schema.LevelSpeed,
    "devices": schema.Devices,
    "fits": schema.Fits,
    "fit_sizes": schema.FitSizes,
    "fit_choices": schema.FitChoices,
    "fit_few": schema.FitFew,
    "train_choices": schema.TrainChoices,
    "hidden_features": schema.HiddenFeatures,
}
FIELDS = {
    "bench": {"orderings", "coder"},
    "speed": {"orderings", "against_naive"},
    "model": {"sha256", "config"},
    "rivals": {"rows", "raw_bytes"},
    "one_photograph": {"ways", "others"},
    "photographs": {"tile", "rgb", "grey"},
    "many_shapes": {"sets", "ratios"},
    "left_out": {"steps", "left_out"},
    "beside": {"pairs", "other"},
}
ROW_FIELDS = {
    "probe": {"representation"},
    "k_sweep": {"K"},
    "choices": {"choice"},
    "orders": {"order", "kl_nats"},
    "costs": {"cost"},
}
SUFFIXES = ".json", ".jsonl"
LOG_FIELDS = {"step", "seconds", "kl_nats", "reconstruction_nats"}


@dataclass(frozen=True)
class Source:
    """A result file: its number in the report, its path as given, and its SHA-256."""

    number: int
    path: str
    sha256: str


@dataclass(frozen=True)
class Found:
    """One result, and the file it stands in."""

    source: Source
    value: object


@dataclass(frozen=True)
class Results:
    """All that was read, in the order of paths; `unknown` are files of no known kind."""

    found: tuple[Found, ...]
    unknown: tuple[str, ...] = ()

    def of(self, kind: type[T]) -> tuple[tuple[Source, T], ...]:
        """The results of one kind."""
        return tuple(
            (entry.source, entry.value) for entry in self.found if isinstance(entry.value, kind)
        )

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files, each once, by number."""
        return tuple(dict.fromkeys(entry.source for entry in self.found))


def load_results(paths: Sequence[Path]) -> Results:
    """Read result files, and those in folders and below (`*.json`, `*.jsonl`).

    Raises:
        ReportError: nothing there, a file that cannot be read or is malformed, or a file named
            in `paths` that is of no known kind. (One in a folder is listed in `unknown`.)
    """
    files: list[tuple[Path, str, list[object]]] = []
    unknown = []
    for path, named in _files(paths):
        raw = _read(path)
        values = list(_values(path, raw))
        if values:
            files.append((path, hashlib.sha256(raw).hexdigest(), values))
        elif named:
            raise ReportError(f"{path}: no result of a known kind ({', '.join(KINDS)})")
        else:
            unknown.append(path.as_posix())
    if not files:
        raise ReportError(f"{', '.join(map(str, paths))}: there are no results")
    found = []
    for number, (path, digest, values) in enumerate(files, 1):
        source = Source(number, path.as_posix(), digest)
        found += [Found(source, value) for value in values]
    return Results(tuple(found), tuple(unknown))


def _files(paths: Sequence[Path]) -> list[tuple[Path, bool]]:
    """Each file once, sorted by path, and whether it was named itself."""
    named: dict[Path, tuple[Path, bool]] = {}
    for path in paths:
        if path.is_dir():
            inside = (entry for entry in path.rglob("*") if entry.suffix in SUFFIXES)
            for entry in filter(Path.is_file, inside):
                named.setdefault(entry.resolve(), (entry, False))
        elif path.is_file():
            named[path.resolve()] = path, True
        else:
            raise ReportError(f"{path}: no such file or folder")
    return sorted(named.values(), key=lambda entry: entry[0].as_posix())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReportError(f"{path}: cannot be read: {error.strerror or error}") from error


def _values(path: Path, raw: bytes) -> Iterator[object]:
    """The results in a file; none if its kind is unknown."""
    objects = _objects(path, raw)
    if path.suffix == ".jsonl" and all(entry.keys() >= LOG_FIELDS for entry in objects):
        points = tuple(
            _convert(f"{path}: line {number}", entry, schema.TrainingPoint)
            for number, entry in enumerate(objects, 1)
        )
        yield schema.TrainingLog(path.stem, _last_run(points))
        return
    for number, entry in enumerate(objects, 1):
        kind = _kind(path, entry)
        if kind is not None:
            where = f"{path}: {kind} result" + (f" {number}" if len(objects) > 1 else "")
            value: object = _convert(where, entry, KINDS[kind])
            _check(where, value)
            yield value


def _last_run(points: Sequence[schema.TrainingPoint]) -> tuple[schema.TrainingPoint, ...]:
    """Without what a resumed run did again: it goes on from its checkpoint, in the same log."""
    kept: list[schema.TrainingPoint] = []
    for point in points:
        while kept and kept[-1].step >= point.step:
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _objects(path: Path, raw: bytes) -> list[dict[str, Any]]:
    """The JSON object of a file, or its objects, one a line."""
    try:
        try:
            values: list[Any] = [msgspec.json.decode(raw)]
        except msgspec.DecodeError:
            lines = raw.splitlines()
            if len(lines) < 2:
                raise
            values = [msgspec.json.decode(line) for line in lines if line.strip()]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReportError(f"{path}: malformed JSON: {error}") from error
    found: list[dict[str, Any]] = []
    for value in values:
        if not isinstance(value, dict):
            raise ReportError(f"{path}: {type(value).__name__} where an object must be")
        found.append(value)
    return found


def _kind(path: Path, value: Mapping[str, Any]) -> str | None:
    """The kind of a result, or None. Raises `ReportError` for a `kind` that does not exist."""
    stated = value.get("kind")
    if stated is not None:
        if not isinstance(stated, str) or stated not in KINDS:
            raise ReportError(f"{path}: unknown kind {stated!r}; known: {', '.join(KINDS)}")
        return stated
    rows = value.get("rows")
    row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    for known, names in FIELDS.items():
        if names <= value.keys():
            return known
    for known, names in ROW_FIELDS.items():
        if names <= row.keys():
            return known
    return None


def _convert(where: str, value: object, kind: type[T]) -> T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ReportError(f"{where}: {error}") from error


def _check(where: str, value: object) -> None:
    """What types do not say."""
    rows = getattr(value, "rows", getattr(value, "orderings", (None,)))
    if not rows:
        raise ReportError(f"{where}: has no rows")
    if getattr(value, "images", 1) == 0:
        raise ReportError(f"{where}: is of no images")
    if isinstance(value, schema.Bench) and not (value.model and value.model_sha256):
        raise ReportError(f"{where}: does not name its model (`model` and `model_sha256`)")
    if isinstance(value, schema.Fuzz | schema.Faults):
        for row in value.rows:
            if row.failures > row.cases:
                raise ReportError(f"{where}: {row.name}: more failures than cases")
