"""The conditioner of maps of codes: close to the float one, and local."""

from __future__ import annotations

import numpy as np
import torch
from tiny_codes import tiny_vqvae

from acncodec.models.build import float_networks

HEIGHT, WIDTH = 21, 18


def test_its_feature_maps_are_close_to_the_floats() -> None:
    model = tiny_vqvae(1, height=HEIGHT, width=WIDTH)
    net, size = float_networks(model), model.config.map_size
    z = np.random.default_rng(0).integers(0, 6, (9, size[0] * size[1]))
    with torch.no_grad():
        real = net.decoder.conditioner(net.encoder.look_up(torch.from_numpy(z), size))
    exact = model.networks.conditioner.features(z)
    assert exact.shape == (9, HEIGHT, WIDTH, 3) and exact.dtype == np.int16
    scaled = real.permute(0, 2, 3, 1).numpy()
    factor = np.abs(exact).max() / np.abs(scaled).max()
    scale = 2.0 ** np.rint(np.log2(factor))
    assert np.abs(exact / scale - scaled).max() < 0.01


def test_a_code_is_seen_around_its_place_alone() -> None:
    conditioner = tiny_vqvae(1, height=HEIGHT, width=WIDTH).networks.conditioner
    z = np.zeros((1, 6 * 5), np.int64)
    other = z.copy()
    other[0, 0] = 5
    seen = (conditioner.features(z) != conditioner.features(other)).any((0, 3))
    rows, columns = np.nonzero(seen)
    assert len(rows) and rows.max() <= 7 and columns.max() <= 7
