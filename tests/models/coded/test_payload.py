"""Coded models: any frozen model there and back exactly, and hostile bytes refused."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from level_sets import tiny_resnet
from tiny import BASELINES, frozen

from acncodec.arithmetic.tensors import TensorSpec
from acncodec.container.strict import deflate, inflate
from acncodec.errors import AcnError, FormatError, ModelError, TooLargeError
from acncodec.models.coded import code_model, decode_model
from acncodec.models.coded import payload as payload_module
from acncodec.models.coded.payload import DICTIONARY
from acncodec.models.frozen import FrozenModel

MODEL = tiny_resnet(1)
PAYLOAD = code_model(MODEL)
(SIZE,) = struct.unpack_from("<H", PAYLOAD)
HEAD = json.loads(inflate(PAYLOAD[2 : 2 + SIZE], 1 << 20, DICTIONARY))
STACK = PAYLOAD[2 + SIZE :]


def of_text(text: bytes, stack: bytes = STACK) -> bytes:
    """A payload with this head."""
    packed = deflate(text, DICTIONARY)
    return struct.pack("<H", len(packed)) + packed + stack


def with_head(**changes: Any) -> bytes:
    """The payload with another head; None takes a field away."""
    fields = {key: value for key, value in (HEAD | changes).items() if value is not None}
    return of_text(json.dumps(fields).encode())


def decoded(payload: bytes) -> FrozenModel:
    return decode_model(payload, MODEL.profile, MODEL.name)


def check_same(model: FrozenModel) -> None:
    back = decode_model(code_model(model), model.profile, model.name)
    assert back.model_id == model.model_id and back.name == model.name
    ours, theirs = model.tensors(), back.tensors()
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        assert theirs[name].dtype == value.dtype
        np.testing.assert_array_equal(theirs[name], value)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", [1, 2])
def test_any_size_models_come_back_exactly(channels: int, seed: int) -> None:
    check_same(tiny_resnet(channels, seed))


@pytest.mark.parametrize("kind", ["acn", *BASELINES])
def test_models_of_every_family_come_back_exactly(kind: str) -> None:
    check_same(frozen(3, kind))


def test_it_takes_less_than_the_integers_and_has_no_card_and_no_floats() -> None:
    assert len(PAYLOAD) < MODEL.integer_bytes
    back = decoded(PAYLOAD)
    assert back.card == {} and not back.floats


def test_the_head_says_only_what_is_not_usual() -> None:
    assert set(HEAD["c"]) <= set(MODEL.config.to_json())
    assert "spikes" not in HEAD["c"]


HOSTILE: dict[str, tuple[Callable[[], bytes], type[AcnError], str]] = {
    "nothing": (lambda: b"", FormatError, "truncated"),
    "a head that is not there": (lambda: PAYLOAD[:9], FormatError, "whole words"),
    "no stack": (lambda: PAYLOAD[: 2 + SIZE], FormatError, "whole words"),
    "half a word": (lambda: PAYLOAD[:-1], FormatError, "whole words"),
    "a head that is no JSON": (lambda: of_text(b"{"), FormatError, "malformed JSON"),
    "no config": (lambda: with_head(c=None), FormatError, "lacks the field 'c'"),
    "a config that is a list": (lambda: with_head(c=[]), FormatError, "must be an object"),
    "an unknown size": (lambda: with_head(c={"depth": 3}), ModelError, "unknown key 'depth'"),
    "a size out of range": (lambda: with_head(c={"width": 65537}), ModelError, "out of range"),
    "an even number of columns": (lambda: with_head(c={"columns": 4}), ModelError, "odd number"),
    "other tensors than the config's": (
        lambda: with_head(c=HEAD["c"] | {"blocks": 3}), FormatError, "more than .* tensors",
    ),
    "wider layers than there are weights for": (
        lambda: with_head(c=HEAD["c"] | {"width": 65536, "hidden": 65536}),
        TooLargeError, "coded model of",
    ),
    "as many blocks as there may be": (
        lambda: with_head(c={"blocks": 65536}), FormatError, "more than .* tensors",
    ),
    "fewer tensors than are coded": (
        lambda: with_head(c=HEAD["c"] | {"blocks": 1}), FormatError, r"has \d+ tensors, not",
    ),
    "more tensors than any model has": (
        lambda: with_head(b=[0] * 4097, c={"blocks": 400}), TooLargeError, "4096 is the most",
    ),
    "a base too few": (lambda: with_head(b=HEAD["b"][1:]), FormatError, "more than .* tensors"),
    "a base that is no integer": (
        lambda: with_head(b=[0.5, *HEAD["b"][1:]]), FormatError, "must be an integer",
    ),
    "a base out of 63 bits": (
        lambda: with_head(b=[1 << 63, *HEAD["b"][1:]]), FormatError, "a base must be",
    ),
    "a negative step": (lambda: with_head(s=[-1, *HEAD["s"][1:]]), FormatError, "a step must be"),
    "a bound too large": (
        lambda: with_head(n=[8192, *HEAD["n"][1:]]), FormatError, "a bound must be",
    ),
    "a class too many": (lambda: with_head(r=[*HEAD["r"], 0]), FormatError, "each of its tensors"),
    "values that leave 63 bits": (
        lambda: with_head(s=[step and 1 << 52 for step in HEAD["s"]]), FormatError, "63 bits",
    ),
    "a weight that no layer takes": (
        lambda: with_head(b=[base + 16384 for base in HEAD["b"]]), ModelError, "not in|is no",
    ),
    "lengths that nothing has": (lambda: with_head(a=[3]), FormatError, "more lengths"),
    "an unknown field": (lambda: with_head(z=1), FormatError, "unknown field 'z'"),
    "a stack that ends in 0": (
        lambda: PAYLOAD[:-4] + bytes(4), FormatError, "malformed|does not end|end in whole",
    ),
    "a word more": (lambda: PAYLOAD[: 2 + SIZE] + bytes(3) + b"\1" + STACK, FormatError, "end"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_payloads_are_refused(name: str) -> None:
    forge, error, words = HOSTILE[name]
    with pytest.raises(error, match=words):
        decoded(forge())


def test_no_more_tensors_are_looked_at_than_are_coded(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def schema(config: Any) -> Iterator[TensorSpec]:
        for spec in MODEL.family.schema(config):
            made.append(spec)
            yield spec

    family = replace(MODEL.family, schema=schema)
    monkeypatch.setattr(payload_module, "family_of_profile", lambda _profile: family)
    with pytest.raises(FormatError, match="more than 3 tensors"):
        decoded(with_head(c={"blocks": 65536}, b=[0, 0, 0], s=[0, 0, 0]))
    assert len(made) == 4


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(PAYLOAD) - 1), st.integers(0, 255)), max_size=4))
def test_wrong_bytes_give_an_error_or_a_model_whose_bounds_hold(
    changes: list[tuple[int, int]],
) -> None:
    payload = bytearray(PAYLOAD)
    for place, value in changes:
        payload[place] = value
    try:
        back = decoded(bytes(payload))
    except AcnError:
        return
    back.to_bytes()
