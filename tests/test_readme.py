"""The README's commands run, its Python runs, and its figures are those of the results."""

from __future__ import annotations

import gzip
import hashlib
import re
import runpy
import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from acncodec.data import bundled
from acncodec.data.catalogue import CATALOGUE, RemoteFile
from acncodec_cli.main import run

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
IMAGES = 24


def blocks(language: str) -> list[str]:
    """The README's fenced blocks in one language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands() -> list[list[str]]:
    """Every acncodec command line of the README, without comments and redirections."""
    lines = "\n".join(blocks("sh")).splitlines()
    words = [shlex.split(line, comments=True) for line in lines]
    return [line[: line.index(">")] if ">" in line else line for line in words if line]


# What makes a command short enough for a test; everything else runs as it is written.
SHORTER = {
    "mnist/train-images-idx3-ubyte.gz": ["images.npz"],
    "acncodec/data/mnist-test-binary.npz": ["images.npz"],
    "mnist-100.npz": ["images.npz"],
    "--preset": ["--preset", "tiny", "--steps", "2", "--seed", "1"],
}


def shortened(words: list[str]) -> list[str]:
    out: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in SHORTER:
            out += SHORTER[word]
            skip = word.startswith("--")
        else:
            out.append(word)
    return out


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    with np.load(bundled()) as arrays:
        np.savez("images.npz", x=arrays["x"][:IMAGES], y=arrays["y"][:IMAGES])
    (tmp_path / "pictures").mkdir()
    for side in (5, 9):
        picture = np.arange(side * 7 * 3, dtype=np.uint8).reshape(side, 7, 3)
        Image.fromarray(picture).save(tmp_path / "pictures" / f"{side}.png")
    return tmp_path


def mirror(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of tiny IDX files, which the catalogue is made to expect."""
    source = folder / "mirror"
    source.mkdir()
    files = []
    for entry in CATALOGUE["mnist"].files:
        shape = (2,) if "labels" in entry.name else (2, 28, 28)
        sizes = b"".join(n.to_bytes(4, "big") for n in shape)
        raw = b"\0\0\x08" + bytes([len(shape)]) + sizes + bytes(int(np.prod(shape)))
        (source / entry.name).write_bytes(gzip.compress(raw))
        digest = hashlib.md5(raw, usedforsecurity=False).hexdigest()
        files.append(RemoteFile(entry.name, f"md5:{digest}", len(raw)))
    monkeypatch.setitem(CATALOGUE, "mnist", replace(CATALOGUE["mnist"], files=tuple(files)))
    return source


def test_every_command_of_the_readme_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = set()
    origin = mirror(folder, monkeypatch)
    for words in commands():
        if words[0] in ("make", "python"):
            continue  # the Makefile's targets and the benches are not for a test
        assert words[0] == "acncodec"
        arguments = shortened(words[1:])
        seen.add(arguments[0])
        if arguments[0] == "data":
            arguments += ["--from", str(origin)]
        assert run(arguments) == 0, (words, capsys.readouterr().err)
    assert {"compress", "decompress", "verify", "info", "bench", "train", "data"} <= seen


def test_the_python_of_the_readme_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import acncodec.data

    monkeypatch.setattr(acncodec.data, "bundled", lambda: folder / "images.npz")
    (code,) = blocks("python")
    script = folder / "example.py"
    script.write_text(code, encoding="utf-8")
    names = runpy.run_path(str(script))
    images, back = names["images"], names["back"]
    assert sorted(map(bytes, back)) == sorted(map(bytes, images)) and len(images) == IMAGES
    assert np.array_equal(names["one"], images[7])
    assert np.array_equal(names["some"], images[10:20])
    assert np.array_equal(names["labels"], np.arange(IMAGES))
    (batch,) = names["batches"]
    items = names["dataset"].__getitems__(batch)
    names["dataset"].close()
    assert sorted(label for _, label in items) == [*range(IMAGES)]
    assert all(np.array_equal(image, images[label]) for image, label in items)


def test_the_figures_of_the_readme_are_those_of_the_committed_results() -> None:
    tables = runpy.run_path(str(ROOT / "bench" / "tables.py"))
    for page in tables["PAGES"]:
        assert tables["filled"](page) == (ROOT / page).read_text(encoding="utf-8"), page
