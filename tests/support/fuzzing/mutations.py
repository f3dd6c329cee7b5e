"""Ways to spoil bytes and JSON, each by a name.

A mutation takes a `random.Random` and all seeds of its target, the one to be spoiled first, and
gives bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

Mutation = Callable[[Random, Sequence[bytes]], bytes]
Mutations = Mapping[str, Mutation]

EDGES = (
    *(0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 64, 100, 127, 128, 255, 256, 511, 512, 513, 1000, 4096),
    *(1 << 15, (1 << 16) - 1, 1 << 16, (1 << 20) + 1, (1 << 24) - 1, 1 << 24, (1 << 31) - 1),
    *(1 << 31, (1 << 32) - 1, 1 << 32, 1 << 36, 1 << 53, (1 << 63) - 1, 1 << 63, (1 << 64) - 1),
)


def _place(rng: Random, data: bytes) -> int:
    """A place in `data`; often near an end, where heads and tails are."""
    if rng.random() < 0.3:
        return min(len(data), int(rng.expovariate(0.05)))
    return rng.randint(0, len(data))


def _slice(rng: Random, data: bytes) -> slice:
    start = _place(rng, data)
    return slice(start, start + min(len(data), int(rng.expovariate(0.1)) + 1))


def flip_bits(rng: Random, data: bytes) -> bytes:
    """Flip one bit, sometimes up to eight."""
    spoilt = bytearray(data or b"\0")
    for _ in range(rng.choice((1, 1, 1, 2, 8))):
        spoilt[rng.randrange(len(spoilt))] ^= 1 << rng.randrange(8)
    return bytes(spoilt)


def set_bytes(rng: Random, data: bytes) -> bytes:
    """Write over a few bytes in a row."""
    where = _slice(rng, data)
    size = len(data[where])
    new = rng.choice((bytes(size), b"\xff" * size, rng.randbytes(size)))
    return data[: where.start] + new + data[where.start + size :]


def set_number(rng: Random, data: bytes) -> bytes:
    """Write an edge of some number format, or that with one more or less, over what is there."""
    size = rng.choice((1, 2, 4, 8))
    value = (rng.choice(EDGES) + rng.choice((0, 0, -1, 1))) % (1 << 8 * size)
    at = _place(rng, data)
    raw = value.to_bytes(size, rng.choice(("little", "big")))
    return data[:at] + raw + data[at + size :]


def add_to_number(rng: Random, data: bytes) -> bytes:
    """Add a little to a little-endian number."""
    size, at = rng.choice((1, 2, 4, 8)), _place(rng, data)
    old = data[at : at + size]
    value = (int.from_bytes(old, "little") + rng.randint(-16, 16)) % (1 << 8 * max(1, len(old)))
    return data[:at] + value.to_bytes(len(old), "little") + data[at + size :] if old else data


def truncate(rng: Random, data: bytes) -> bytes:
    """Cut the end off."""
    return data[: _place(rng, data)]


def delete(rng: Random, data: bytes) -> bytes:
    """Take some bytes out."""
    where = _slice(rng, data)
    return data[: where.start] + data[where.stop :]


def insert(rng: Random, data: bytes) -> bytes:
    """Put some bytes in: noise, zeros, or a piece of the data itself."""
    at, piece = _place(rng, data), data[_slice(rng, data)]
    new = rng.choice((rng.randbytes(rng.randint(1, 40)), bytes(rng.randint(1, 400)), piece))
    return data[:at] + new + data[at:]


def swap(rng: Random, data: bytes) -> bytes:
    """Exchange two neighbouring pieces."""
    a, b, c = sorted(_place(rng, data) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


PLAIN: dict[str, Callable[[Random, bytes], bytes]] = {
    "bit flips": flip_bits, "bytes set": set_bytes, "number set": set_number,
    "number changed": add_to_number, "truncated": truncate, "bytes deleted": delete,
    "bytes inserted": insert, "pieces swapped": swap,
}  # fmt: skip


def spoil(rng: Random, data: bytes) -> bytes:
    """One of the plain ways, or a few after one another."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        data = rng.choice(list(PLAIN.values()))(rng, data)
    return data


def splice(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """The start of one seed and the end of another."""
    other = rng.choice(seeds)
    return seeds[0][: _place(rng, seeds[0])] + other[_place(rng, other) :]


def _on_first(way: Callable[[Random, bytes], bytes]) -> Mutation:
    return lambda rng, seeds: way(rng, seeds[0])


BYTES: Mutations = {
    **{name: _on_first(way) for name, way in PLAIN.items()},
    "several": _on_first(spoil),
    "spliced": splice,
}

VALUES: tuple[Any, ...] = (
    *EDGES, -1, -(1 << 63), 0.0, 1.5, 1e308, True, False, None, "", "x", "\0", "\ud800", "é" * 9,
    "keep", "any", "iid", "set", "tour", "x" * 999, [], [[]], [0], {}, {"a": 1}, [1, 2], [2, 2],
)  # fmt: skip


def spoil_json(rng: Random, value: Any) -> Any:
    """Change one node of a JSON value."""
    if isinstance(value, dict) and value and rng.random() < 0.85:
        key = rng.choice(list(value))
        changed = dict(value)
        way = rng.random()
        if way < 0.1:
            del changed[key]
        elif way < 0.15:
            changed[rng.choice([*value, "q"])] = changed.pop(key)
        else:
            changed[key] = spoil_json(rng, value[key])
        return changed
    if isinstance(value, list) and value and rng.random() < 0.8:
        at = rng.randrange(len(value))
        way = rng.random()
        if way < 0.15:
            return value[:at] + value[at + 1 :]
        if way < 0.3:
            return value[:at] + [value[at]] * rng.choice((2, 3, 100)) + value[at + 1 :]
        return [*value[:at], spoil_json(rng, value[at]), *value[at + 1 :]]
    if type(value) is int and rng.random() < 0.5:
        return value + rng.choice((-2, -1, 1, 2, 512))
    return rng.choice(VALUES)
