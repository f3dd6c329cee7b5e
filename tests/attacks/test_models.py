"""Hostile model files: refused, or models like any other; never an overflow, never a crash."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from capped import Capped
from forge import open_safetensors, safetensors

pytestmark = pytest.mark.timeout(120)

GOLDEN = Path(__file__).parent.parent / "golden" / "v1"
FILE = (GOLDEN / "model.safetensors").read_bytes()
TENSORS, METADATA = open_safetensors(FILE)
HEAD = json.loads(METADATA["acncodec"])
HIGH = (1 << 30) - 1
LOWEST = np.iinfo(np.int64).min


def filled(name: str, value: float, *, one: bool = False, also: bytes = FILE) -> bytes:
    """The model (or `also`, another) with a whole tensor, or its last entry, set to `value`."""
    tensors, metadata = open_safetensors(also)
    dtype, shape, data = tensors[name]
    kinds = {"I64": "<i8", "I16": "<i2", "U8": "|u1", "F32": "<f4"}
    array = np.frombuffer(data, kinds[dtype]).copy()
    array[-1 if one else slice(None)] = value
    return safetensors(tensors | {name: (dtype, shape, array.tobytes())}, metadata)


def with_head(**changes: Any) -> bytes:
    """The model with other metadata."""
    return safetensors(TENSORS, METADATA | {"acncodec": json.dumps(HEAD | changes)})


def with_config(**changes: Any) -> bytes:
    """The model with another config."""
    return with_head(config=HEAD["config"] | changes)


def with_text(text: str) -> bytes:
    """The model with `text` for its metadata."""
    return safetensors(TENSORS, METADATA | {"acncodec": text})


def lying(**lies: Any) -> bytes:
    """The model with entries of the safetensors header that lie."""
    return safetensors(TENSORS, METADATA, **lies)


def without(name: str) -> bytes:
    """The model less a tensor."""
    return safetensors({k: v for k, v in TENSORS.items() if k != name}, METADATA)


def with_more(name: str, dtype: str, shape: list[int], data: bytes) -> bytes:
    """The model and one tensor more."""
    return safetensors(TENSORS | {name: (dtype, shape, data)}, METADATA)


SIZE = sum(len(data) for _, _, data in TENSORS.values())
WEIGHT = "decoder__head__weight"

FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not a model file"),
    "a pickle": (lambda: b"\x80\x04cos\nsystem\n(S'true'\ntR.", "not a model file"),
    "a header of 2^63 bytes": (lambda: struct.pack("<Q", 1 << 63) + FILE[8:], "not a model file"),
    "a header longer than the file": (
        lambda: struct.pack("<Q", 1 << 26) + FILE[8:], "not a model file",
    ),
    "a header of 64 MiB": (
        lambda: struct.pack("<Q", 64 << 20) + b"{" + b" " * ((64 << 20) - 2) + b"}",
        "not a frozen model",
    ),
    "a header as deep as it goes": (
        lambda: struct.pack("<Q", 600_000) + b'{"a":' * 120_000, "not a model file",
    ),
    "half a file": (lambda: FILE[: len(FILE) // 2], "not a model file"),
    "bytes after the tensors": (lambda: FILE + b"\0", "not a model file"),
    "overlapping tensors": (
        lambda: lying(**{WEIGHT: {"data_offsets": [0, 1024]}}), "not a model file",
    ),
    "two names for the same bytes": (
        lambda: lying(more={"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}),
        "not a model file",
    ),
    "offsets beyond the end": (
        lambda: lying(**{WEIGHT: {"data_offsets": [SIZE, SIZE + 1024]}}), "not a model file",
    ),
    "offsets backwards": (lambda: lying(**{WEIGHT: {"data_offsets": [9, 1]}}), "not a model file"),
    "negative offsets": (lambda: lying(**{WEIGHT: {"data_offsets": [-9, 1]}}), "not a model file"),
    "a shape that lies": (lambda: lying(**{WEIGHT: {"shape": [1, 1]}}), "not a model file"),
    "a shape that overflows": (
        lambda: lying(**{WEIGHT: {"shape": [1 << 32, 1 << 32]}}), "not a model file",
    ),
    "a type that lies": (lambda: lying(**{WEIGHT: {"dtype": "F16"}}), "lacks tensor"),
    "a type that nobody knows": (lambda: lying(**{WEIGHT: {"dtype": "\x1b[2J"}}), "not a model"),
    "a tensor of 8-bit floats": (
        lambda: with_more("float.z", "F8_E4M3", [4], bytes(4)), "not a model file",
    ),
    "a tensor of 4-bit floats": (
        lambda: with_more("float.z", "F4", [0], b""), "not a model file",
    ),
    "a tensor of bfloats": (lambda: with_more("float.z", "BF16", [4], bytes(8)), "not a model"),
    "a tensor too many": (lambda: with_more("z", "I64", [1], bytes(8)), "unknown tensor z"),
    "a tensor too few": (lambda: without("prior.reach"), "lacks tensor prior.reach"),
    "no metadata": (lambda: safetensors(TENSORS, {}), "not a frozen model"),
    "another profile": (
        lambda: safetensors(TENSORS, METADATA | {"profile": "int16"}), "no family has the profile",
    ),
    "metadata as deep as it goes": (lambda: with_text("[" * 500_000), "bad metadata"),
    "two million characters of metadata": (
        lambda: with_text(" " * 2_000_000), "longer than",
    ),
    "a number of a million digits": (
        lambda: with_text('{"config":{"height":' + "9" * 1_000_000 + "}}"), "bad metadata",
    ),
    "metadata that is a list": (lambda: with_text("[]"), "bad metadata"),
    "a config that is a list": (lambda: with_head(config=[]), "bad metadata"),
    "a name that is a number": (lambda: with_head(name=5), "ill-typed"),
    "a card that is a list": (lambda: with_head(card=[]), "ill-typed"),
    "images of 65,536 by 65,536": (
        lambda: with_config(height=65536, width=65536), "its config says",
    ),
    "a latent of 65,536 dimensions": (lambda: with_config(latent_dim=65536), "its config says"),
    "a hundred thousand layers": (
        lambda: with_config(encoder_channels=[1] * 100_000, encoder_strides=[1] * 100_000),
        "its config says",
    ),
    "65,536 blocks": (lambda: with_config(decoder_blocks=65536), "lacks tensor"),
    "no layer": (lambda: with_config(encoder_channels=[], encoder_strides=[]), "empty"),
    "a kernel without a centre": (lambda: with_config(vertical_kernel=[2, 2]), "odd"),
    "a key that nobody knows": (lambda: with_config(eval=1), "unknown key"),
    "a negative size": (lambda: with_config(latent_dim=-1), "out of range"),
    "a name that clears the screen": (lambda: with_head(name="\x1b[2J"), "printable"),
    "a name of a million letters": (lambda: with_head(name="a" * 1_000_000), "printable"),
    "no name": (lambda: with_head(name=""), "printable"),
    "an index of a layer that is not there": (
        lambda: with_more("decoder.99.residual.shift", "I64", [], bytes(8)), "unknown tensor",
    ),
}  # fmt: skip

NUMBERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a weight of 16 bits": (lambda: filled("decoder.head.weight", -32768, one=True), "not in"),
    "a bias of -2^63": (lambda: filled("prior.logits.bias", LOWEST, one=True), "accumulator"),
    "a bias of 2^53": (lambda: filled("decoder.head.bias", 1 << 53, one=True), "accumulator"),
    "a lift of 255": (lambda: filled("decoder.head.lift", 255, one=True), "not in 0..40"),
    "lifts that break the bound": (lambda: filled("decoder.head.lift", 40), "accumulator"),
    "a shift of -1": (lambda: filled("encoder.out.shift", -1), "not in 0..40"),
    "a shift of 41": (lambda: filled("encoder.out.shift", 41), "not in 0..40"),
    "a shift of -2^63": (lambda: filled("decoder.0.residual.shift", LOWEST), "not in 0..40"),
    "a reach of -2^63": (lambda: filled("prior.reach", LOWEST), "not in 1..8192"),
    "a reach of 2^62": (lambda: filled("encoder.code_reach", 1 << 62), "not in 1..4096"),
    "a reach that does not fit": (lambda: filled("prior.reach", 8192), "do not fit each other"),
    "a mean's reach that does not fit": (lambda: filled("prior.mean_reach", 1), "do not fit each"),
    "a scale of -1": (lambda: filled("decoder.vertical_scales", -1, one=True), "not in 0..14"),
    "a scale of 15": (lambda: filled("decoder.horizontal_scales", 15, one=True), "not in 0..14"),
    "a mixture's weight of -1": (lambda: filled("mixture.weights", -1, one=True), "not in 0.."),
    "a mixture's weights of 0": (lambda: filled("mixture.weights", 0), "2^24"),
    "a width of 0": (lambda: filled("mixture.inverses", 0, one=True), "not in 1.."),
    **{
        f"{kind} of {value}": (
            lambda kind=kind, value=value: filled(f"mixture.{kind}", value, one=True),  # type: ignore[misc]
            "not in",
        )
        for kind in ("constants", "offsets", "coefficients", "inverses")
        for value in (LOWEST, LOWEST + 1, -(1 << 30), 1 << 30)
    },
    "distances that overflow": (
        lambda: filled("mixture.coefficients", HIGH, also=filled("mixture.inverses", HIGH)),
        "overflow",
    ),
}  # fmt: skip


def test_the_model_is_taken_apart_and_put_together_again(victim: Capped) -> None:
    assert victim.open("model", safetensors(TENSORS, METADATA)).text == "tiny-7"


@pytest.mark.parametrize("name", FILES | NUMBERS)
def test_a_hostile_model_is_refused(name: str, victim: Capped) -> None:
    build, words = (FILES | NUMBERS)[name]
    outcome = victim.open("model", build())
    assert outcome.error == "ModelError", outcome.text
    assert words in outcome.text


@pytest.mark.parametrize("value", [np.nan, np.inf, -3e38, 0.0])
def test_float_weights_decide_no_bit(value: float, victim: Capped) -> None:
    """Only the bound is of them; what is coded with such a model comes back."""
    name = next(name for name in TENSORS if name.startswith("float.decoder"))
    assert victim.open("model", filled(name, value)) == victim.open("model", FILE)


def test_float_weights_that_do_not_fit_are_refused_where_they_are_needed(victim: Capped) -> None:
    name = next(name for name in TENSORS if name.startswith("float.decoder"))
    for data in (without(name), with_more("float.more", "F32", [1], bytes(4))):
        outcome = victim.open("model", data)
        assert outcome.error == "ModelError" and "float weights" in outcome.text


EXTREMES = [
    ("mixture.constants", (1 << 30) - 1), ("mixture.constants", 1 - (1 << 30)),
    ("mixture.offsets", (1 << 30) - 1), ("mixture.offsets", 1 - (1 << 30)),
    ("mixture.inverses", 1), ("mixture.coefficients", 1 << 20),
    ("prior.logits.weight", 0), ("decoder.logit.weight", 16383), ("decoder.logit.weight", -16383),
    ("decoder.logit.shift", 0), ("decoder.head.shift", 40), ("encoder.out.shift", 0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), EXTREMES)
def test_extreme_numbers_within_the_bounds_code_exactly_or_not_at_all(
    name: str, value: int, victim: Capped
) -> None:
    """Weights that cannot have been trained: costly, but right."""
    outcome = victim.open("model", filled(name, value))
    assert outcome.error in ("", "CoderError", "ModelError"), outcome
    assert outcome.error or outcome.text == "tiny-7"
