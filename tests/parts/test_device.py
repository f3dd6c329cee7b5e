"""The decoder on a device gives the integers of every other engine: tested on the CPU, and on a
GPU where there is one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from reading import decoded
from tiny import BASELINES, blobs, frozen

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.engines.torch_layer import DeviceLayer
from acncodec.errors import ExactnessError
from acncodec.images.recognised import recognise
from acncodec.latents.gaussian_prices import grid_samples
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.parts.gated_pixelcnn import device as device_pass
from acncodec.parts.gated_pixelcnn.device import DevicePass, device_decoder
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder, score_logits
from acncodec.run import devices, workers
from acncodec.run.workers import Workers

DEVICES = [
    "cpu",
    pytest.param(
        "cuda",
        marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
    ),
]


def latents(model: FrozenModel, images: NDArray[np.uint8]) -> NDArray[np.int64]:
    with Workers(1, 256) as workers:
        return grid_samples(encode_images(model, images, workers), seed=1)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("kind", ["acn", "pixelcnn", "pixelvae"])
@pytest.mark.parametrize("shape", [(8, 8), (7, 11)])
def test_logits_are_those_of_the_other_engines(
    kind: str, shape: tuple[int, int], device: str
) -> None:
    model, images = frozen(4, kind, *shape), blobs(11, 6, *shape)
    decoder, z = model.decoder, latents(model, images)
    assert isinstance(decoder, ExactDecoder)
    wanted = decoder.score(z, images)
    for rows in (slice(0, 11), slice(4, 5), slice(2, 9)):
        run = DevicePass(device_decoder(decoder, device), decoder.condition(z[rows]))
        assert np.array_equal(score_logits(run, images[rows]), wanted[rows])
    run = DevicePass(device_decoder(decoder, device), decoder.condition(z))
    for position in range(decoder.height * decoder.width):
        row, column = divmod(position, decoder.width)
        if column == 0:
            run.begin_row(row)
        assert np.array_equal(run.outputs(row, column, column + 1)[0, :, 0], wanted[:, position])
        run.put(row, column, column + 1, images[:, :, row, column : column + 1])


def coded(model: FrozenModel, images: NDArray[np.uint8], device: str, path: Path) -> bytes:
    data = recognise({"x": images[:, 0]})
    options = CompressOptions("any", threads=2, batch=7, device=device)
    with path.open("wb") as file:
        compress_dataset(data, model, options, file)
    back = decoded(path, model, 2, 5, device=device)
    assert sorted(map(bytes, back.pixels)) == sorted(map(bytes, np.unique(images, axis=0)[:, :]))
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["acn", *BASELINES])
def test_whole_files_are_the_same(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way of a GPU, walked on the CPU: torch's device `cpu` under another name."""
    model = frozen(1, kind)
    images = np.unique(blobs(40, 3), axis=0)
    wanted = coded(model, images, "cpu", tmp_path / "a.acn")
    used = []

    def on_the_cpu(decoder: ExactDecoder, name: str) -> device_pass.DeviceDecoder:
        used.append(name)
        return device_pass.DeviceDecoder(decoder, "cpu")

    monkeypatch.setattr(workers, "check_device", lambda _: None)
    monkeypatch.setattr(device_pass, "device_decoder", on_the_cpu)
    assert coded(model, images, "cuda", tmp_path / "b.acn") == wanted
    assert set(used) == (set() if kind == "vae" else {"cuda"})


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
@pytest.mark.parametrize("kind", ["acn", *BASELINES])
def test_whole_files_of_a_gpu_are_the_same(kind: str, tmp_path: Path) -> None:
    model = frozen(1, kind)
    images = np.unique(blobs(40, 3), axis=0)
    files = {coded(model, images, device, tmp_path / f"{device}.acn") for device in ("cpu", "cuda")}
    assert len(files) == 1


def test_a_product_that_is_not_exact_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    decoder = frozen(1).decoder
    assert isinstance(decoder, ExactDecoder)

    def rough(layer: object, inputs: torch.Tensor) -> torch.Tensor:
        product = inputs.float() @ layer._matrix.float()  # type: ignore[attr-defined]
        return (product.double() + layer._bias).to(torch.int64)  # type: ignore[attr-defined]

    monkeypatch.setattr(DeviceLayer, "sums", rough)
    with pytest.raises(ExactnessError, match="not exact"):
        device_pass.DeviceDecoder(decoder, "cpu")


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(ExactnessError, match="cuda"):
        devices.check_device("tpu")
