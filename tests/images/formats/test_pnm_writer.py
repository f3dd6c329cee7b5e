"""PNMs that are written are read as they were."""

from __future__ import annotations

import io

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.formats.modes import Mode
from acncodec.images.formats.picture import read_samples
from acncodec.images.formats.pnm import read_headers
from acncodec.images.formats.pnm_writer import encode_pnm, takes


@pytest.mark.parametrize(
    "name", ["1", "L/1", "L;2", "L;4", "L/100", "L", "L/256", "I;16", "RGB", "RGB/9", "RGB;16"]
)
def test_samples_and_mode_come_back(name: str) -> None:
    mode = Mode.parse(name)
    shape = (5, 13) if mode.channels == 1 else (5, 13, 3)
    samples = np.random.default_rng(1).integers(0, mode.maximum + 1, shape).astype(mode.dtype)
    file = io.BytesIO(encode_pnm(samples, mode))
    (picture,) = read_headers(file)
    assert takes(mode) and picture.mode == mode
    assert np.array_equal(read_samples(file, picture), samples)


@pytest.mark.parametrize("name", ["P", "P;1", "LA", "RGBA", "RGBA;16"])
def test_what_no_pnm_holds_is_refused(name: str) -> None:
    assert not takes(Mode.parse(name))
    with pytest.raises(DataError, match=f"mode {name}"):
        encode_pnm(np.zeros((2, 3, 4), np.uint8), Mode.parse(name))
