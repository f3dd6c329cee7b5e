"""What images would cost, whichever of them are priced together."""

from __future__ import annotations

import mixed_sets
import numpy as np
import pytest
from level_sets import tiny_acn, tiny_resnet

from acncodec.mixed import prices
from acncodec.mixed.prices import modelled_bits
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers


@pytest.mark.parametrize("model", [tiny_resnet(1), tiny_acn(1)])
@pytest.mark.parametrize("together", [1, 100, 1 << 20])
def test_they_are_the_same_by_themselves_and_together(
    model: FrozenModel, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = mixed_sets.shapes_set().images
    latents = bool(model.latents.shape[0])
    with Workers(1, 64) as workers:
        monkeypatch.setattr(prices, "FEW", 0)
        alone = modelled_bits(model, images, workers)
        monkeypatch.setattr(prices, "FEW", 1 << 20)
        monkeypatch.setattr(prices, "TOGETHER_SAMPLES", together)
        found = modelled_bits(model, images, workers)
    assert (alone > 0).all()
    if latents:  # whose draws are others
        assert found.sum() == pytest.approx(alone.sum(), rel=0.2)
    else:
        np.testing.assert_allclose(found, alone, rtol=1e-9)
