"""A few bytes that ask for gigabytes or for days: refused before a pixel is decoded, and nothing is
written."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from bombs import BOMBS, FORMS, LARGEST_FILE, repeats
from forge import Parts
from mixed_forge import GOLDEN, one_modelled, one_stored
from reading import decoded, npz_of, opened, salvaged, verified

from acncodec.container import atomic_folder
from acncodec.errors import DataError, TooLargeError
from acncodec.images.tree import MAX_ENTRIES
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import Run

MODELS = [FrozenModel.load(GOLDEN / f"model-{channels}.safetensors") for channels in (1, 3)]


def written(parts: Parts, folder: Path) -> Path:
    path = folder / "bomb.acn"
    path.write_bytes(parts.to_bytes())
    assert path.stat().st_size < LARGEST_FILE
    return path


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is decoded, and no model is even tested."""

    def begun(*_arguments: object) -> None:
        raise AssertionError("decoding has begun")

    monkeypatch.setattr("acncodec.codec.decoder.check_products", begun)
    monkeypatch.setattr("acncodec.shards.stack.reader", begun)
    monkeypatch.setattr("acncodec.mixed.pop.unpack_stored", begun)


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_anything_is_decoded(name: str, tmp_path: Path) -> None:
    build, words = BOMBS[name]
    path, run = written(build(), tmp_path), Run(1)
    doors: list[Callable[[], object]] = [
        lambda: decoded(path, MODELS, run),
        lambda: verified(path, MODELS, run),
        lambda: npz_of(path, MODELS, io.BytesIO(), run),
        lambda: salvaged(path, MODELS, run),
    ]
    for door in doors:
        with pytest.raises(TooLargeError, match=r"allow it \(--allow-large\)") as caught:
            door()
        assert words in str(caught.value)


@pytest.mark.usefixtures("untouched")
def test_who_allows_it_begins_to_decode(tmp_path: Path) -> None:
    path = written(one_modelled([256, 1, 1 << 12, 1 << 13], 8), tmp_path)
    for door in (decoded, verified, salvaged):
        with pytest.raises(AssertionError, match="decoding has begun"):
            door(path, MODELS, Run(1, allow_large=True))


@pytest.mark.usefixtures("untouched")
def test_stored_images_within_the_limits_of_all_are_held_against_their_own_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acncodec.codec.decoder.check_products", lambda _model: None)
    parts = one_stored([2, 1, 1 << 13, 1 << 13], 6, FORMS["LZMA"])
    path = written(parts, tmp_path)
    with pytest.raises(TooLargeError, match="stored images of 402653184 bytes"):
        decoded(path, [], Run(1))
    with pytest.raises(AssertionError, match="decoding has begun"):
        decoded(path, [], Run(1, allow_large=True))


@pytest.mark.parametrize("form", FORMS)
def test_a_stream_gives_no_more_than_its_images_take(form: str, tmp_path: Path) -> None:
    path = written(one_stored([256, 1, 50, 50], 2, FORMS[form]), tmp_path)
    with pytest.raises(Exception, match=r"more than 5001") as caught:
        decoded(path, [], Run(1))
    assert type(caught.value).__name__ in ("FormatError", "CorruptionError")


def test_a_million_pictures_are_refused_unnamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(repeats(1_000_000), tmp_path)
    monkeypatch.setattr("acncodec.codec.folders.unpack_side", None)
    words = f"1,000,000 images; a folder is written with {MAX_ENTRIES:,}"
    with (
        pytest.raises(DataError, match=words),
        atomic_folder(tmp_path / "out") as folder,
        opened(path, []) as archive,
    ):
        archive.write_folder(folder)
    assert [found.name for found in tmp_path.iterdir()] == ["bomb.acn"]
