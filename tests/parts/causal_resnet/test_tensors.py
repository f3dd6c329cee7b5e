"""The decoder as tensors, and back; what is wrong with them is said."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_resnet import GROUPS, LATENT_REACH, images, latents, networks

from acncodec.arithmetic.tensors import Tensors, check_tensors
from acncodec.errors import ModelError
from acncodec.parts.causal_resnet.tensors import (
    causal_resnet_schema,
    causal_resnet_tensors,
    read_causal_resnet,
)

SIZES = [size for size, _ in GROUPS]


def given(dim: int) -> Tensors:
    return causal_resnet_tensors(networks(3, dim)[1])


@pytest.mark.parametrize(("dim", "size"), [(0, None), (5, None), (0, (4, 5))])
def test_a_decoder_comes_back_from_its_tensors(dim: int, size: tuple[int, int] | None) -> None:
    net, exact = networks(3, dim, size=size)
    tensors = causal_resnet_tensors(exact)
    assert ("decoder.place.weight" in tensors) == (size is not None)
    check_tensors(causal_resnet_schema(net.config, SIZES), tensors)
    back = read_causal_resnet(net.config, SIZES, tensors, LATENT_REACH)
    again = causal_resnet_tensors(back)
    assert again.keys() == tensors.keys()
    assert all(np.array_equal(again[name], tensors[name]) for name in tensors)
    pixels, z = images(3, 3, 4, 5, 256, seed=1), latents(3, dim, seed=2)
    assert np.array_equal(*(d.sized(4, 5, 256).score(z, pixels) for d in (exact, back)))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("decoder.0.window.weight", None, "lacks"),
        ("decoder.outputs.1.up", np.array(49), "not in 0..48"),
        ("decoder.scales", np.array([0, 15, 0]), "not in 0..14"),
        ("decoder.first.weight", np.zeros((20, 95), np.int16), "config says"),
    ],
)
def test_tensors_that_the_schema_does_not_allow_are_refused(
    name: str, value: object, words: str
) -> None:
    tensors = given(0) | ({} if value is None else {name: value})
    if value is None:
        del tensors[name]
    with pytest.raises(ModelError, match=words):
        check_tensors(causal_resnet_schema(networks(3)[0].config, SIZES), tensors)


def test_tensors_that_do_not_go_together_are_refused() -> None:
    config = networks(3)[0].config
    scales = given(0)["decoder.scales"]
    shift = given(0)["decoder.0.narrow.shift"]
    apart = given(0) | {
        "decoder.scales": scales * 0 + [14, 0, 0],
        "decoder.0.narrow.shift": shift * 0,
    }
    with pytest.raises(ModelError, match="accumulator"):
        read_causal_resnet(config, SIZES, apart)
    with pytest.raises(ModelError, match="latents"):
        read_causal_resnet(networks(3, 5)[0].config, SIZES, given(5), 2 * LATENT_REACH)
