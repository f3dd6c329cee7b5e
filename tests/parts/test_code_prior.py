"""The prior of maps of codes: close to the float one, causal, and read from its tensors."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny_codes import tiny_vqvae

from acncodec.arithmetic.tables import LOGIT_BITS
from acncodec.engines.choice import VARIABLE
from acncodec.heads.categorical import MAX_LEVELS
from acncodec.models.build import float_networks
from acncodec.parts.code_prior.shape import MOST_CODES

PRIOR = tiny_vqvae(1, height=14, width=11).networks.code_prior
MAPS = np.random.default_rng(1).integers(0, 6, (7, 1, 4, 3)).astype(np.uint8)
NOTHING = np.zeros((7, 0), np.int64)


def logits(maps: np.ndarray) -> np.ndarray:
    return PRIOR.sized.score(NOTHING[: len(maps)], maps)


def test_logits_are_close_to_the_floats() -> None:
    net = float_networks(tiny_vqvae(1, height=14, width=11)).prior
    with torch.no_grad():
        seen = net.planes(torch.from_numpy(MAPS[:, 0].astype(np.int64)))
        real = net.network(seen, torch.zeros(7, 0)).permute(2, 3, 0, 1).numpy()
    exact = logits(MAPS)
    assert exact.shape == (4, 3, 7, 6)
    assert np.abs(exact / 2.0**LOGIT_BITS - real).max() < 0.02


def test_a_place_depends_on_those_before_it_alone() -> None:
    changed = MAPS.copy()
    changed[:, 0, 1, 1] = (changed[:, 0, 1, 1] + 1) % 6
    differs = (logits(MAPS) != logits(changed)).any((2, 3))
    assert not differs[0].any() and not differs[1, :2].any()
    assert differs[1, 2] and differs[2].any()


def test_engines_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = logits(MAPS)
    monkeypatch.setenv(VARIABLE, "float64")
    assert np.array_equal(logits(MAPS), whole)


def test_there_are_as_many_codes_as_the_head_takes() -> None:
    assert MOST_CODES == MAX_LEVELS
