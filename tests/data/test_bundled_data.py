"""The bundled images are the documented draw's, byte for byte."""

from __future__ import annotations

import hashlib

import numpy as np

from acncodec.data import bundled, sprites

X_SHA256 = "9a19593f1a07608de89a9c87acf6ab5710bbe5ce130065a3f0841e574995ba34"
Y_SHA256 = "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5"


def test_the_bundled_images() -> None:
    with np.load(bundled(), allow_pickle=False) as arrays:
        assert list(arrays) == ["x", "y"]
        x, y = arrays["x"], arrays["y"]
    assert (x.dtype, x.shape) == (np.uint8, (10_000, 28, 28))
    assert (y.dtype, y.shape) == (np.uint8, (10_000,))
    assert x.max() == 1
    assert hashlib.sha256(x.tobytes()).hexdigest() == X_SHA256
    assert hashlib.sha256(y.tobytes()).hexdigest() == Y_SHA256


def test_the_bundled_sprites() -> None:
    with np.load(sprites(), allow_pickle=False) as arrays:
        assert list(arrays) == ["x", "names"]
        x, names = arrays["x"], arrays["names"]
    assert (x.dtype, x.shape) == (np.uint8, (500, 32, 32, 3))
    assert len({image.tobytes() for image in x}) == len(set(names.tolist())) == 500
    assert {name.partition("/")[0] for name in names} == {"feat", "floor", "wall"}
