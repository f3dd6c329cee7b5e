"""`acncodec demo`: the bundled images through the whole procedure."""

from __future__ import annotations

import numpy as np
import pytest
from cli_types import Acn

import acncodec.codec.compare
from acncodec.data import bundled
from acncodec.images import load_dataset
from acncodec_cli.demo import first_images


def test_the_first_images_come_with_their_labels() -> None:
    data = load_dataset(bundled())
    few = first_images(data, 30)
    assert few.count == 30
    assert few.array_bytes == 30 * 28 * 28
    assert np.array_equal(few.pixels, data.pixels[:30])
    assert np.array_equal(few.side[0].array, data.side[0].array[:30])


def test_all_is_identical(acn: Acn) -> None:
    outcome = acn("demo", "--count", 20, "--sprites", 12)
    assert outcome.code == 0, outcome.err
    assert "A folder of 12 sprites of 32x32" in outcome.out
    assert outcome.out.endswith("identical: yes\n")
    for word in (
        "raw, packed",
        "gzip",
        "xz",
        "bound",
        "ideal",
        "file",
        "any, tour",
        "any, set",
        "keep, ",
        "the folder's PNG files",
        "acn any  ",
    ):
        assert word in outcome.out


def test_a_difference_is_a_failure(acn: Acn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acncodec.codec.compare, "same_data", lambda *_arguments: False)
    outcome = acn("demo", "--count", 3, "--sprites", 0)
    assert outcome.code == 1
    assert outcome.out.endswith("identical: NO\n")
