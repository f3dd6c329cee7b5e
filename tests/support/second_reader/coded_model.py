"""Part of `second_reader`: a model that the file carries (7.5)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from second_reader.config import PROFILES, WITHOUT_LATENTS, complete_config
from second_reader.fields import field, need, parse_json
from second_reader.networks import Model
from second_reader.packed import Bytes, inflate
from second_reader.promises import check_tensors
from second_reader.stack import Stack
from second_reader.tables import Tables
from second_reader.tensors import Tensor, called_for

DICTIONARY = (
    b'"spikes":["w","n","nw","ne","ww","nn","zero","max"]"first_reach":3,"columns":5,'
    b'"t":[0,0,0,"n":[1,"r":[100,"s":[1,0,64,0,"b":[0,0,0,13],{"c":{"blocks":3,"channels":1,'
    b'"components":3,"hidden":32,"width":16},"b":[0,0,0,'
)
MOST = 2**62
ENTRIES = 2**23
"""More of them a reader may refuse."""


def decode_model(payload: bytes, profile: str, tables: Tables) -> Model:
    """A model from the payload of its section, of the profile that the header gives."""
    kind, section = PROFILES[profile], Bytes(payload)
    packed, words = section.take(section.number(2)), section.rest()
    head = parse_json(inflate(packed, 2**20, DICTIONARY), "coded model")
    config = complete_config(field(head, "c", dict), kind)
    axes = integers(head, "a", 1, 4095, [])
    need(len(axes) == (kind not in WITHOUT_LATENTS), "coded model: axes")
    wanted = sorted(called_for(config, kind, sum(axes)).items())
    need(sum(math.prod(one.shape) for _, one in wanted) <= ENTRIES, "coded model: too large")
    bases, steps = integers(head, "b", -MOST, MOST), integers(head, "s", 0, MOST)
    need(len(bases) == len(steps) == len(wanted), "coded model: number of tensors")
    varied = sum(step > 0 for step in steps)
    bounds, rates = integers(head, "n", 0, 8191), integers(head, "r", 0, 255)
    low = integers(head, "t", 0, 48, [0] * varied)
    need(len(bounds) == len(rates) == len(low) == varied, "coded model: number of tensors")
    need(not head, "coded model: an unknown key")

    need(len(words) % 4 == 0, "coded model: broken words")
    stack = Stack(np.frombuffer(words, "<u4").tolist())
    ways = iter(zip(bounds, rates, low, strict=True))
    tensors = {}
    for (name, one), base, step in zip(wanted, bases, steps, strict=True):
        values = [base] * math.prod(one.shape)
        if step:
            bound, rate, bits = next(ways)
            need(abs(base) + step * (bound + 1) * 2**bits < MOST, f"coded model: reach of {name}")
            ends = geometric(bound, rate, tables)
            values = [base + step * q for q in pop_entries(stack, len(values), ends, bits)]
        tensors[name] = tensor(name, one, values)
    need(stack.words() == [1], "coded model: the final check")
    check_tensors(config, tensors, kind)
    return Model(profile, config, tensors, tables)


def integers(
    head: dict[str, Any], key: str, low: int, high: int, default: list[int] | None = None
) -> list[int]:
    values: list[int] = field(head, key, list, default)
    right = all(type(value) is int and low <= value <= high for value in values)
    need(right, f"coded model: {key}")
    return values


def geometric(n: int, r: int, tables: Tables) -> list[int]:
    """Where the alternatives 0 .. 2n begin, and 2^24."""
    exp = tables.entries["exp"]
    rate = int(exp[32 * r]) >> 4
    distances = abs(np.arange(2 * n + 1) - n)
    e = exp[np.minimum((distances * rate) >> 4, 16_383)]
    frequencies = e * (2**24 - (2 * n + 1)) // e.sum() + 1
    frequencies[n] += 2**24 - frequencies.sum()
    return [0, *np.cumsum(frequencies).tolist()]


def pop_entries(stack: Stack, count: int, ends: list[int], bits: int) -> list[int]:
    """All q of a tensor: their high parts, then their low bits in pieces, the lowest first."""
    bound = (len(ends) - 2) // 2
    high = [stack.pop_from(ends.__getitem__, len(ends) - 1) - bound for _ in range(count)]
    low = [0] * count
    for place in range(0, bits, 16):
        piece = min(16, bits - place)
        for i in range(count):  # the frequencies `even` of 2^piece ones are all the same
            low[i] += stack.pop_from(lambda k: k << 24 - piece, 2**piece) << place  # noqa: B023
    return [(h << bits) + rest for h, rest in zip(high, low, strict=True)]


def tensor(name: str, one: Tensor, values: list[int]) -> np.ndarray:
    """A tensor of these entries, which have to be ones that it may have."""
    need(one.low <= min(values) and max(values) <= one.high, f"coded model: range of {name}")
    return np.array(values, one.dtype).reshape(one.shape)
