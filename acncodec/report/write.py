"""Result files to report.md and report.html."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from acncodec.container.output import atomic_output
from acncodec.errors import OutputError
from acncodec.report.build import build_report
from acncodec.report.html import to_html
from acncodec.report.markdown import to_markdown
from acncodec.report.results import load_results

MARKDOWN, HTML = "report.md", "report.html"


@dataclass(frozen=True)
class Written:
    """What was written, what was left out, and what was not understood."""

    paths: tuple[Path, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


def write_report(
    results: Sequence[Path], folder: Path, force: bool = False, model: str | None = None
) -> Written:
    """Read `results`, and write the report on one model to `folder`, which is made if need be.

    The same results, under the same paths, give the same bytes.

    Raises:
        ReportError: a result is malformed, the model is not clear, or matplotlib is missing.
        OutputError: a report is there already (without `force`), or it cannot be written.
    """
    targets = folder / MARKDOWN, folder / HTML
    for target in targets:
        if target.exists() and not force:
            raise OutputError(f"{target}: exists; use -f to overwrite it")
    document = build_report(load_results(results), model)
    texts = to_markdown(document), to_html(document)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror or error}") from error
    for target, text in zip(targets, texts, strict=True):
        with atomic_output(target, force) as file:
            file.write(text.encode())
    return Written(targets, document.missing, document.unknown)
