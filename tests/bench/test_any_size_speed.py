"""`bench/any_size_speed.py`: every figure of a case is there, and images come back."""

from __future__ import annotations

import argparse
import sys

import any_size_speed
import pytest

from acncodec.engines.int16.tile import lanes
from acncodec.heads.logistic_mixture import ExactLogisticMixture
from acncodec.heads.mixture_shape import LogisticMixture


def test_a_case_has_every_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["speed_peaks"], "SECONDS", 0.0)
    monkeypatch.setattr(sys.modules["speed_peaks"], "TRIES", 1)
    shape = LogisticMixture(1, components=2)
    sizes = argparse.Namespace(width=6, blocks=1, hidden=8, size=4)
    exact = any_size_speed.network(shape, sizes)
    sized, head = exact.sized(4, 4, 256), ExactLogisticMixture(shape, 256)
    found = any_size_speed.case(sized, head, 7, 2, 1)
    assert all(found[name] > 0 for name in any_size_speed.SHARED)
    assert ("products" in found) == (lanes() > 0)
    monkeypatch.setattr(any_size_speed.Sites, "pop", lambda *_: 0)
    with pytest.raises(SystemExit, match="other images"):
        any_size_speed.whole(sized, head, any_size_speed.np.zeros((7, 1, 4, 4), "u1"), 1, 1)
