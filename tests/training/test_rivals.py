"""What other codecs take, in bits a sample."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from acncodec.training.rivals import STRIP, rivals_bits_per_dim

NOISE = np.random.default_rng(1).integers(0, 256, (20, 24, 20, 3)).astype(np.uint8)


def test_noise_takes_its_bits_and_nothing_takes_next_to_none() -> None:
    pytest.importorskip("PIL")
    pytest.importorskip("imagecodecs")
    found = rivals_bits_per_dim(NOISE, 256)
    assert list(found) == ["xz", "PNG", "WebP", "JPEG XL"]
    assert all(7.9 < bits < 9 for bits in found.values())
    assert all(bits < 0.2 for bits in rivals_bits_per_dim(np.zeros_like(NOISE), 256).values())


def test_those_that_take_no_such_images_are_left_out() -> None:
    pytest.importorskip("PIL")
    pytest.importorskip("imagecodecs")
    grey_alpha = rivals_bits_per_dim(NOISE[..., :2], 256)
    assert "WebP" not in grey_alpha and {"xz", "PNG"} <= set(grey_alpha)
    deep = rivals_bits_per_dim(NOISE[..., :1].astype(np.int64) << 8 | NOISE[..., 1:2], 65536)
    assert "WebP" not in deep and {"xz", "PNG", "JPEG XL"} <= set(deep)
    assert all(15 < bits < 18 for bits in deep.values())


def test_two_levels_are_one_bit_for_png() -> None:
    pytest.importorskip("PIL")
    binary = (NOISE[..., :1] & 1).astype(np.int64)
    assert 1 < rivals_bits_per_dim(binary, 2)["PNG"] < 1.5


def test_images_below_one_another_count_where_that_is_smaller() -> None:
    pytest.importorskip("PIL")
    many = np.repeat(NOISE[:1, :4, :4], STRIP, 0)
    assert rivals_bits_per_dim(many, 256)["PNG"] < 1  # each by itself has a header


def test_xz_alone_is_left_where_nothing_else_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("PIL", "PIL.Image", "imagecodecs"):
        monkeypatch.setitem(sys.modules, module, None)
    assert list(rivals_bits_per_dim(NOISE, 256)) == ["xz"]
