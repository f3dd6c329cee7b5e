"""The any-size decoder on a device gives the integers of every other engine."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny_resnet import images, latents, networks

from acncodec.engines.torch_layer import DeviceLayer
from acncodec.errors import ExactnessError
from acncodec.parts.causal_resnet.device import DeviceDecoder, DevicePass, device_decoder
from acncodec.parts.causal_resnet.float64 import Float64Pass
from acncodec.parts.passes import score_rows

DEVICES = [
    "cpu",
    pytest.param(
        "cuda",
        marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
    ),
]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(
    ("channels", "dim", "levels", "size"),
    [(1, 0, 2, None), (3, 5, 256, None), (4, 0, 1 << 16, None), (1, 0, 256, (6, 7))],
)
def test_outputs_are_those_of_float64(
    channels: int, dim: int, levels: int, size: tuple[int, int] | None, device: str
) -> None:
    _, exact = networks(channels, dim, size=size)
    pixels, z = images(5, channels, 6, 7, levels, seed=1), latents(5, dim, seed=2)
    wanted = score_rows(Float64Pass(exact, 7, levels, z), pixels)
    made = device_decoder(exact, device)
    assert np.array_equal(score_rows(DevicePass(made, 7, levels, z), pixels), wanted)
    run = DevicePass(made, 7, levels, z[1:4])
    for row in range(6):
        run.begin_row(row)
        for column in range(7):
            found = run.outputs_tensor(row, column, column + 1)
            assert np.array_equal(found.cpu().numpy()[0], wanted[row, column, 1:4])
            known = pixels[1:4, :, row, column : column + 1].astype(np.int64)
            run.put_tensor(row, column, column + 1, torch.from_numpy(known).to(made.device))


def test_the_decoder_goes_to_the_device_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    _, exact = networks(3)
    assert exact.engine_on("cuda") == "float64 on cuda"
    with pytest.raises(ExactnessError, match="tpu"):
        exact.sized(4, 4, 256).start(np.zeros((1, 0), np.int64), "tpu")


def test_a_product_that_is_not_exact_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def rough(layer: DeviceLayer, inputs: torch.Tensor) -> torch.Tensor:
        product = inputs.float() @ layer._matrix.float()
        return (product.double() + layer._bias).to(torch.int64)

    monkeypatch.setattr(DeviceLayer, "sums", rough)
    with pytest.raises(ExactnessError, match="not exact"):
        DeviceDecoder(networks(3)[1], "cpu")
