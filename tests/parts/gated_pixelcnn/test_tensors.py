"""The gated decoder of images of any levels as tensors, and back."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_gated import HEIGHT, LATENT_REACH, WIDTH, LatentConfig, networks
from tiny_resnet import images

from acncodec.arithmetic.tensors import Tensors, TensorSpec, check_tensors
from acncodec.errors import ModelError
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder
from acncodec.parts.gated_pixelcnn.tensors import (
    pixelcnn_schema,
    pixelcnn_tensors,
    read_pixelcnn,
)


def schema(*, latents: bool = False) -> list[TensorSpec]:
    config = networks(3, latents=latents)[0].config
    conditioner = config if isinstance(config, LatentConfig) else None
    return list(pixelcnn_schema(config, conditioner, planes=4, groups=config.head.groups))


def read(tensors: Tensors, *, latents: bool = False) -> ExactDecoder:
    config = networks(3, latents=latents)[0].config
    conditioner = config if isinstance(config, LatentConfig) else None
    return read_pixelcnn(
        config, tensors, conditioner, LATENT_REACH, planes=4, groups=config.head.groups
    )  # fmt: skip


@pytest.mark.parametrize("latents", [False, True])
def test_a_decoder_comes_back_from_its_tensors(latents: bool) -> None:
    _, exact = networks(3, latents=latents)
    tensors = pixelcnn_tensors(exact)
    assert "decoder.logit.weight" not in tensors and "decoder.outputs.3.up" in tensors
    check_tensors(schema(latents=latents), tensors)
    back = read(tensors, latents=latents)
    again = pixelcnn_tensors(back)
    assert again.keys() == tensors.keys()
    assert all(np.array_equal(again[name], tensors[name]) for name in tensors)
    pixels, z = images(3, 3, HEIGHT, WIDTH, 256, seed=1), np.full((3, 4 * latents), 7)
    scores = [one.sized(HEIGHT, WIDTH, 256).score(z, pixels) for one in (exact, back)]
    assert np.array_equal(*scores)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("decoder.0.vertical.weight", None, "lacks"),
        ("decoder.outputs.1.up", np.array(49), "not in 0..48"),
        ("decoder.vertical_scales", np.array([0, 15, 0]), "not in 0..14"),
        ("decoder.vertical_in.weight", np.zeros((10, 6), np.int16), "config says"),
        ("decoder.horizontal_in.weight", np.zeros((10, 2), np.int16), "config says"),
        ("decoder.logit.shift", np.array(0), "unknown tensor"),
    ],
)
def test_tensors_that_the_schema_does_not_allow_are_refused(
    name: str, value: object, words: str
) -> None:
    tensors = pixelcnn_tensors(networks(3)[1]) | ({} if value is None else {name: value})
    if value is None:
        del tensors[name]
    with pytest.raises(ModelError, match=words):
        check_tensors(schema(), tensors)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"decoder.outputs.1.up": 48, "decoder.outputs.1.shift": 0}, "range"),
        ({"decoder.horizontal_scales": [14, 0, 0], "decoder.0.residual.shift": 0}, "residual"),
        ({"decoder.outputs.0.bias": 1 << 53}, "accumulator"),
    ],
)
def test_numbers_that_could_leave_their_range_are_refused(
    changed: dict[str, object], words: str
) -> None:
    tensors = pixelcnn_tensors(networks(3)[1])
    for name, value in changed.items():
        given = np.broadcast_to(np.array(value), tensors[name].shape)
        tensors[name] = given.astype(tensors[name].dtype)
    check_tensors(schema(), tensors)
    with pytest.raises(ModelError, match=words):
        read(tensors)
