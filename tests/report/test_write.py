"""The two files: the same bytes each time, well-formed, and nothing from outside."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_results.everything import write_results
from made_results.models import model

from acncodec.analysis.paper import PAPER
from acncodec.errors import OutputError, ReportError
from acncodec.report.write import write_report

ROOT = Path(__file__).resolve().parents[2]
VOID = {"meta", "br", "link", "img", "hr", "input"}
LOADING = {"src", "srcset", "data", "poster", "action", "background", "xlink:href"}


class Checker(HTMLParser):
    """Notes what is wrong: tags that do not nest, ids there twice, what loads something."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self._look_at(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._look_at(tag, attrs)

    def _look_at(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if len(values) < len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        if tag in ("script", "link", "iframe", "object", "embed", "img"):
            self.faults.append(f"<{tag}>")
        self.faults += [f"<{tag} {name}>" for name in LOADING & values.keys()]
        if (name := values.get("id")) is not None:
            self.ids.append(name)
        if (link := values.get("href")) is not None:
            (self.links if link.startswith("#") or tag == "a" else self.faults).append(link)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    here = tmp_path_factory.mktemp("page")
    write_report([write_results(here / "results")], here / "out")
    return (here / "out" / "report.html").read_text(encoding="utf-8")


def test_the_page_is_well_formed(page: str) -> None:
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.faults == []
    assert checker.open == []
    assert len(set(checker.ids)) == len(checker.ids)
    inside = {link[1:] for link in checker.links if link.startswith("#")}
    assert inside <= set(checker.ids)
    assert {link for link in checker.links if not link.startswith("#")} == {PAPER}


def test_the_page_needs_nothing_from_outside(page: str) -> None:
    assert re.findall(r"https?://[^\"<\s)]+", page) == [PAPER]
    assert re.findall(r"url\((?!#)", page) == []
    assert "@import" not in page
    assert page.count("<svg") == 6
    assert len(page.encode()) < 1_500_000


def test_figures_follow_the_colour_scheme_and_have_legible_text(page: str) -> None:
    figures = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    colours = set(re.findall(r"(?:fill|stroke): (#\w+)", figures))
    assert colours == set()
    sizes = set(re.findall(r"font(?:-size)?:[^;\"]*?([\d.]+)px", figures))
    assert sizes == {"11"}
    assert "DejaVu" not in figures


def test_the_same_results_give_the_same_bytes(folder: Path) -> None:
    write_report([folder], Path("one"))
    reverse = [*sorted(folder.rglob("*.json*"), reverse=True), folder]
    write_report(reverse, Path("two"))
    code = (
        "from pathlib import Path\nfrom acncodec.report.write import write_report\n"
        "write_report([Path('results')], Path('three'))"
    )
    environment = {"PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT), "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    for name in ("report.md", "report.html"):
        first = Path("one", name).read_bytes()
        assert Path("two", name).read_bytes() == first
        assert Path("three", name).read_bytes() == first


def test_markdown_has_every_table_and_no_empty_cell(folder: Path) -> None:
    write_report([folder], Path("out"))
    lines = Path("out/report.md").read_text(encoding="utf-8").splitlines()
    width = 0
    for line in lines:
        if not line.startswith("|"):
            width = 0
            continue
        cells = re.split(r"(?<!\\)\|", line)[1:-1]
        assert all(cell.strip() for cell in cells), line
        assert width in (0, len(cells)), line
        width = len(cells)
    assert "| ordered by a greedy tour (`tour`) | 73.9 | 74.00 ± 0.012 | +0.10 |" in "\n".join(
        lines
    )


def test_hostile_text_is_text(tmp_path: Path) -> None:
    facts = model(name='<script src="http://evil/">|x|[a](http://evil)')
    write_report([write_results(tmp_path / "in", {"model.json": facts})], tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    checker = Checker()
    checker.feed(page)
    assert [fault for fault in checker.faults if "script" in fault] == []
    assert "&lt;script" in page


def test_an_existing_report_is_refused_and_kept(folder: Path) -> None:
    Path("out").mkdir()
    Path("out/report.html").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"report.html: exists; use -f"):
        write_report([folder], Path("out"))
    assert [path.name for path in Path("out").iterdir()] == ["report.html"]
    write_report([folder], Path("out"), force=True)
    assert Path("out/report.html").read_text(encoding="utf-8") != "mine"


def test_a_bad_result_leaves_no_folder(folder: Path) -> None:
    (folder / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(ReportError, match=r"bad.json: malformed"):
        write_report([folder], Path("out"))
    assert not Path("out").exists()


def test_a_file_where_the_folder_should_be(folder: Path) -> None:
    Path("out").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="out"):
        write_report([folder], Path("out"), force=True)


def test_without_matplotlib_the_extra_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ReportError, match=r"pip install 'acncodec\[plots\]'"):
        write_report([folder], Path("out"))


def test_the_committed_results_make_a_report(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "bench" / "results", tmp_path / "results")
    written = write_report([tmp_path / "results"], tmp_path / "out")
    assert [path.name for path in written.paths] == ["report.md", "report.html"]


def test_the_committed_report_is_that_of_the_committed_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its words; the figures' bytes depend on the version of matplotlib."""
    monkeypatch.chdir(ROOT)
    written = write_report([Path("bench/results")], tmp_path)
    assert not written.unknown
    committed = (ROOT / "docs" / "report" / "report.md").read_text(encoding="utf-8")
    assert (tmp_path / "report.md").read_text(encoding="utf-8") == committed
