"""`bench/rival_codecs.py`: what goes in comes back, and what a compressor does not take is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import rival_codecs
from rival_codecs import RIVALS, Rival, layouts, measure

MODULES = {"pillow": "PIL", "pillow-jxl-plugin": "pillow_jxl"}


def pixels(channels: int, levels: int) -> np.ndarray[Any, Any]:
    values = np.random.default_rng(channels).integers(0, levels, (5, 12, 11, channels))
    return values.astype(np.uint8 if levels <= 256 else np.uint16)


KINDS = [
    pytest.param(rival, channels, levels, id=f"{rival.name}-{channels}-{levels}")
    for rival in RIVALS
    for channels in rival.channels
    for levels in (2, 17, 256, 5000, 65_536)
    if levels <= rival.most_levels
]


@pytest.mark.parametrize(("rival", "channels", "levels"), KINDS)
def test_pixels_come_back(rival: Rival, channels: int, levels: int) -> None:
    for name in rival.needs:
        pytest.importorskip(MODULES.get(name, name))
    missing = rival.refusal(channels, levels)
    if missing:
        pytest.skip(missing)
    given = pixels(channels, levels)
    for layout in layouts(rival, given, levels):
        row = measure(rival, layout, given, levels)
        assert row["pictures"] == (len(given) if layout == "single" else 1)
        assert row["bytes"] > given.size * np.log2(levels) / 16


def test_other_pixels_are_an_error() -> None:
    liar = Rival("liar", lambda _levels: (lambda raw: raw, lambda data: data[::-1]))
    with pytest.raises(SystemExit, match="liar on bytes: other pixels"):
        measure(liar, "bytes", pixels(1, 256), 256)


def test_a_picture_of_other_shape_is_an_error() -> None:
    def make(_levels: int) -> tuple[Callable[[Any], bytes], Callable[[bytes], Any]]:
        return lambda _picture: b"", lambda _data: np.zeros((12, 11, 3), np.uint8)

    with pytest.raises(SystemExit, match="other pixels"):
        measure(Rival("liar", make, ("single",)), "single", pixels(3, 256), 256)


def test_a_compressor_that_refuses_is_reported() -> None:
    def refuse(_raw: Any) -> bytes:
        raise RuntimeError("too noisy")

    refuser = Rival("refuser", lambda _levels: (refuse, bytes))
    row = measure(refuser, "bytes", pixels(1, 256), 256)
    assert row == {"failed": "RuntimeError: too noisy"}


def test_what_a_rival_does_not_take_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    by_name = {rival.name.split()[0]: rival for rival in RIVALS}
    assert "up to 256 levels" in str(by_name["WebP"].refusal(3, 257))
    assert "images of 2 channels" in str(by_name["WebP"].refusal(2, 256))
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert "pbmtojbg, jbgtopbm is not installed" in str(by_name["JBIG"].refusal(1, 2))


def test_jpeg_xl_is_given_zeros_and_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    library = pytest.importorskip("imagecodecs")
    seen = []
    encode = library.jpegxl_encode

    def watched(picture: Any, **settings: Any) -> bytes:
        seen.append(int(picture.max()))
        return bytes(encode(picture, **settings))

    monkeypatch.setattr(library, "jpegxl_encode", watched)
    (rival,) = (rival for rival in rival_codecs.RIVALS if rival.name == "JPEG XL -e 7")
    measure(rival, "mosaic", pixels(1, 2), 2)
    assert seen == [1]
