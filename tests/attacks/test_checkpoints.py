"""Hostile checkpoints: nobody resumes from what no run has left."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from capped import Capped
from forge import open_safetensors, safetensors

pytestmark = pytest.mark.timeout(120)

Tensors = dict[str, tuple[str, list[int], bytes]]
Change = Callable[[Tensors, dict[str, Any]], object]
NAN = struct.pack("<f", math.nan)


@cache
def valid(victim: Capped) -> bytes:
    """The checkpoint of a run of one step."""
    return bytes.fromhex(victim.open("checkpoint", b"a valid one").text)


def changed(data: bytes, change: Change) -> bytes:
    """The checkpoint after `change` of its tensors and its metadata, both in place."""
    tensors, metadata = open_safetensors(data)
    meta = json.loads(metadata["acncodec"])
    change(tensors, meta)
    return safetensors(tensors, {"acncodec": json.dumps(meta)})


def scribble(tensors: Tensors, name: str, data: bytes) -> None:
    """Write over the first bytes of a tensor."""
    dtype, shape, old = tensors[name]
    tensors[name] = dtype, shape, data + old[len(data) :]


def first_weight(tensors: Tensors) -> str:
    """The name of one of the networks' tensors."""
    return next(name for name in tensors if name.startswith("net."))


MOMENTUM = "optimizer.0.exp_avg"

CHANGES: dict[str, tuple[Change, str]] = {
    "no table": (lambda t, m: t.pop("table"), "lacks table"),
    "a table of other images": (
        lambda t, m: t.update(table=("F32", [3, 2], bytes(24))), "table is [3, 2]",
    ),
    "a table of integers": (
        lambda t, m: t.update(table=("I32", *t["table"][1:])), "table is not float32",
    ),
    "NaN in the table": (lambda t, m: scribble(t, "table", NAN), "not finite"),
    "NaN in the momenta": (lambda t, m: scribble(t, MOMENTUM, NAN), "not finite"),
    "a count of steps that overflows": (
        lambda t, m: scribble(t, "optimizer.0.step", struct.pack("<f", -1e30)), "within the run's",
    ),
    "momenta of another shape": (
        lambda t, m: t.update({MOMENTUM: ("F32", [1], bytes(4))}), "exp_avg is [1]",
    ),
    "a missing momentum": (lambda t, m: t.pop(MOMENTUM), "lacks optimizer.0.exp_avg"),
    "momenta of no parameter": (
        lambda t, m: t.update({"optimizer.9999.exp_avg": ("F32", [], bytes(4))}), "unknown tensor",
    ),
    "a momentum without a number": (
        lambda t, m: t.update({"optimizer.x.y": ("F32", [], bytes(4))}), "unknown tensor",
    ),
    "a weight too many": (
        lambda t, m: t.update({"net.more": ("F32", [], bytes(4))}), "unknown tensor 'net.more'",
    ),
    "a weight too few": (lambda t, m: t.pop(first_weight(t)), "lacks net."),
    "an 8-bit float": (
        lambda t, m: t.update({"net.more": ("F8_E4M3", [], bytes(1))}), "not float32",
    ),
    "no step": (lambda t, m: m.pop("step"), "step is no count"),
    "a step before the first": (lambda t, m: m.update(step=-1), "step is no count"),
    "step 2^63": (lambda t, m: m.update(step=1 << 63), "step is no count"),
    "step 1.5": (lambda t, m: m.update(step=1.5), "step is no count"),
    "step true": (lambda t, m: m.update(step=True), "step is no count"),
    "no time": (lambda t, m: m.pop("seconds"), "time is no time"),
    "a time that is not a number": (lambda t, m: m.update(seconds=math.nan), "time is no time"),
    "a time without end": (lambda t, m: m.update(seconds=math.inf), "time is no time"),
    "a time as text": (lambda t, m: m.update(seconds="1"), "time is no time"),
    "another seed": (lambda t, m: m.update(seed=7), "seed differs"),
    "another config": (lambda t, m: m["config"].update(latent_dim=5), "config differs"),
    "no config": (lambda t, m: m.pop("config"), "config differs"),
}  # fmt: skip

FILES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "a pickle": lambda: b"\x80\x04cos\nsystem\n(S'true'\ntR.",
    "no metadata": lambda: safetensors({}, {}),
    "metadata that is a list": lambda: safetensors({}, {"acncodec": "[]"}),
    "metadata as deep as it goes": lambda: safetensors({}, {"acncodec": "[" * 500_000}),
    "a header of 2^63 bytes": lambda: struct.pack("<Q", 1 << 63) + bytes(100),
}


def test_the_checkpoint_is_taken_apart_and_put_together_again(victim: Capped) -> None:
    assert victim.open("checkpoint", changed(valid(victim), lambda t, m: None)).text == "step 2"


@pytest.mark.parametrize("name", CHANGES)
def test_a_hostile_checkpoint_is_refused(name: str, victim: Capped) -> None:
    change, words = CHANGES[name]
    outcome = victim.open("checkpoint", changed(valid(victim), change))
    assert outcome.error == "TrainingError", outcome.text
    assert words in outcome.text


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_checkpoint_is_refused(name: str, victim: Capped) -> None:
    outcome = victim.open("checkpoint", FILES[name]())
    assert outcome.error == "TrainingError" and "not a training checkpoint" in outcome.text
