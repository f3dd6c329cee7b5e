"""Coded models with the worst integers: refused, or models whose engines agree on every output."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from level_sets import tiny_resnet

from acncodec.errors import AcnError, ModelError
from acncodec.models.coded import decode_model
from acncodec.models.coded.payload import code_tensors
from acncodec.models.frozen import FrozenModel
from acncodec.parts.causal_resnet.float64 import Float64Pass
from acncodec.parts.passes import score_rows

pytestmark = pytest.mark.timeout(600)

MODEL = tiny_resnet(1)
TENSORS = MODEL.tensors()
LAYERS = sorted({name.rsplit(".", 1)[0] for name in TENSORS if name.endswith(".weight")})
NOTHING = np.zeros((3, 0), np.int64)


def coded(changes: dict[str, np.ndarray]) -> bytes:
    """The model with other tensors."""
    return code_tensors(MODEL.family, MODEL.config, TENSORS | changes)


def run(model: FrozenModel, seed: int) -> None:
    """Outputs for images of any values by both engines, which must be the same."""
    pixels = np.random.default_rng(seed).integers(0, 256, (3, 1, 4, 5)).astype(np.uint8)
    network = model.decoder.sized(4, 5, 256)
    ours = network.score(NOTHING, pixels)
    theirs = score_rows(Float64Pass(model.decoder, 5, 256, NOTHING), pixels)
    np.testing.assert_array_equal(ours, theirs)


worst = st.sampled_from([-16383, -8191, -1, 0, 1, 8191, 16383])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_weights_as_large_as_may_be_are_refused_or_exact(data: st.DataObject) -> None:
    changes = {}
    for layer in data.draw(st.lists(st.sampled_from(LAYERS), max_size=4, unique=True)):
        weight = TENSORS[f"{layer}.weight"].copy()
        if data.draw(st.booleans()):
            weight[:] = data.draw(worst)
        else:
            signs = np.random.default_rng(data.draw(st.integers(0, 9))).choice(
                [-1, 1], weight.shape
            )
            weight = (signs * data.draw(worst)).astype(np.int16)
        changes[f"{layer}.weight"] = weight
        if data.draw(st.booleans()):
            lift = data.draw(st.integers(0, 40))
            changes[f"{layer}.lift"] = np.full_like(TENSORS[f"{layer}.lift"], lift)
        if data.draw(st.booleans()):
            shift = data.draw(st.integers(0, 40))
            changes[f"{layer}.shift"] = np.array(shift, np.int64)
        if data.draw(st.booleans()):
            bias = data.draw(st.integers(-(1 << 53), 1 << 53))
            changes[f"{layer}.bias"] = np.full_like(TENSORS[f"{layer}.bias"], bias)
    if data.draw(st.booleans()):
        scales = st.lists(st.integers(0, 14), min_size=3, max_size=3)
        changes["decoder.scales"] = np.array(data.draw(scales), np.int64)
    try:
        model = decode_model(coded(changes), MODEL.profile, "worst")
    except AcnError:
        return
    run(model, 1)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("decoder.0.window.weight", 16384, "not in -16383..16383"),
        ("decoder.0.window.weight", 40000, "no int16"),
        ("decoder.0.window.lift", 41, "not in 0..40"),
        ("decoder.0.window.lift", 256, "no uint8"),
        ("decoder.0.window.lift", -1, "no uint8"),
        ("decoder.0.narrow.shift", 41, "not in 0..40"),
        ("decoder.scales", 15, "not in 0..14"),
        ("decoder.first.bias", 1 << 53, "2^53"),
        ("decoder.first.bias", -(1 << 60), "2^53"),
        ("decoder.outputs.0.up", 49, "not in 0..48"),
    ],
)
def test_integers_that_no_model_may_have_are_refused(name: str, value: int, words: str) -> None:
    changed = np.full(TENSORS[name].shape, value, np.int64)
    with pytest.raises(ModelError) as caught:
        decode_model(coded({name: changed}), MODEL.profile, "worst")
    assert words in str(caught.value)


def test_the_model_itself_runs_alike() -> None:
    run(decode_model(coded({}), MODEL.profile, "as it is"), 2)
