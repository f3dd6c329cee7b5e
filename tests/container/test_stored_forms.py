"""The general forms of stored bytes, made by several settings and read without trust."""

from __future__ import annotations

import lzma

import numpy as np
import pytest

from acncodec.container.squeeze import LZMA, LZMA_FILTERS
from acncodec.container.stored_forms import (
    FAR,
    FORMS,
    TRIED_BYTES,
    USUAL,
    WRITTEN_FAR,
    Settings,
    Trial,
    lzma_by,
    settings_for,
    shortest_lzma,
    unpack_form,
)
from acncodec.errors import FormatError

NOISE = np.random.default_rng(1).integers(0, 256, 3000, np.uint8).tobytes()


@pytest.mark.parametrize("by_pixels", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_its_bytes_and_no_more_than_may_be(form: int, by_pixels: bool) -> None:
    packed = FORMS[form](NOISE)
    assert unpack_form(form, packed, len(NOISE), by_pixels=by_pixels) == NOISE
    if form:
        with pytest.raises(FormatError, match="more than 2999 bytes"):
            unpack_form(form, packed, 2999, by_pixels=by_pixels)


@pytest.mark.parametrize("pixel_bytes", [1, 2, 3, 4, 6, 8])
def test_every_setting_is_read_alike(pixel_bytes: int) -> None:
    tried = settings_for(pixel_bytes)
    assert len(set(tried)) == len(tried)
    for settings in tried:
        assert settings.lc + settings.lp <= 4
        for by_pixels in (False, True):  # the stream itself says by which it was made
            packed = lzma_by(NOISE, settings)
            assert unpack_form(LZMA, packed, len(NOISE), by_pixels=by_pixels) == NOISE


def trial(raw: bytes, settings: Settings) -> Trial:
    return Trial(6, raw, settings, WRITTEN_FAR)


def test_the_shortest_is_taken() -> None:
    words = np.random.default_rng(2).integers(0, 8, (4000, 4)) * np.arange(1, 5)
    raw = words.astype(np.uint8).tobytes()
    tried = [Settings(3, 0, 2), Settings(0, 2, 2), Settings(0, 0, 0)]
    sizes = [len(lzma_by(raw, settings)) for settings in tried]
    _, shortest = shortest_lzma([trial(raw, settings) for settings in tried])
    assert len(shortest) - 1 == sizes[1] < min(sizes[0], sizes[2])


def test_of_much_a_beginning_decides_and_all_is_packed() -> None:
    raw = bytes(TRIED_BYTES) + NOISE
    _, packed = shortest_lzma([trial(raw, settings) for settings in settings_for(3)])
    assert packed[0] == 6
    assert unpack_form(LZMA, packed[1:], len(raw), by_pixels=True) == raw


def test_what_has_more_bytes_is_weighed_by_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acncodec.container.stored_forms.TRIED_BYTES", 1000)
    both = [trial(raw, USUAL) for raw in (bytes(200) + NOISE + NOISE[::-1], NOISE)]
    for trials in (both, both[::-1]):
        assert shortest_lzma(trials)[1] == b"\6" + lzma_by(NOISE, USUAL)


def far_apart(distance: int) -> bytes:
    """Noise that is there again after so many bytes."""
    return NOISE + bytes(distance - len(NOISE)) + NOISE


def test_by_pixels_lzma_looks_further_back() -> None:
    raw = far_apart(1 << 21)
    near = lzma.compress(raw, lzma.FORMAT_RAW, filters=LZMA_FILTERS)
    packed = lzma_by(raw, Settings(3, 0, 2))
    assert len(packed) < len(near) - 2000
    assert unpack_form(LZMA, packed, len(raw), by_pixels=True) == raw
    with pytest.raises(FormatError, match="corrupt LZMA"):
        unpack_form(LZMA, packed, len(raw), by_pixels=False)


@pytest.mark.parametrize("by_pixels", [False, True])
def test_what_follows_or_lacks_is_refused(by_pixels: bool) -> None:
    for form in (1, 2, 3):
        packed = FORMS[form](NOISE)
        for wrong in (packed + b"\0", packed[:-1], b"", bytes([255] * 40)):
            with pytest.raises(FormatError):
                unpack_form(form, wrong, len(NOISE), by_pixels=by_pixels)


def test_a_reader_needs_no_more_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Told:
        def __init__(self, _form: int, filters: list[dict[str, int]]) -> None:
            asked.append(filters[0]["dict_size"])

        def decompress(self, *_: object) -> bytes:
            raise lzma.LZMAError("told")

    monkeypatch.setattr(lzma, "LZMADecompressor", Told)
    for limit in (0, 1, 5000, FAR - 1, FAR, FAR + 1, 1 << 36):
        with pytest.raises(FormatError, match="told"):
            unpack_form(LZMA, b"", limit, by_pixels=True)
    assert asked == [1 << 12, 1 << 12, 1 << 13, FAR, FAR, FAR, FAR]
