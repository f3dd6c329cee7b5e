"""Part of `second_reader`: labels (5.1), from their section and the decoded images."""

from __future__ import annotations

import hashlib

import numpy as np

from second_reader.encoders import points
from second_reader.fields import Malformed, check_name, need
from second_reader.images import Kind
from second_reader.networks import Model
from second_reader.stack import Stack, even

SIZES = {kind + str(size): size for kind in "iu" for size in (2, 4, 8)}


class Table:
    """One entry of the section: what gives an array back from its classes."""

    def __init__(self, payload: bytes, at: int) -> None:
        self.at, self.payload = at, payload
        try:
            self.name = self.take(self.number(2)).decode()
            check_name(self.name)
            self.dtype = self.take(3).decode("ascii")
        except UnicodeDecodeError as error:
            raise Malformed(f"labels: {error}") from error
        order, kind = self.dtype[0], self.dtype[1:]
        small = self.dtype in ("|b1", "|i1", "|u1")
        need(small or (order in "<>" and kind in SIZES), "labels: dtype")
        size = 1 if small else SIZES[kind]
        flags, count = self.number(1), self.number(1) + 1
        need(flags <= 1, "labels: flags")
        self.column = flags == 1
        self.values = [int.from_bytes(self.take(size), "little", signed=kind[0] == "i")]
        width = self.number(1)
        need(width in (0, 1, 2, 4, 8), "labels: width of the gaps")
        for _ in range(count - 1):
            self.values.append(self.values[-1] + 1 + self.number(width))
        bits = 1 if kind[0] == "b" else 8 * size - (kind[0] == "i")
        need(self.values[-1] < 2**bits, "labels: a value beyond the dtype")
        need(kind[0] != "b" or self.values[0] <= 1, "labels: a value beyond the dtype")

    def take(self, count: int) -> bytes:
        need(self.at + count <= len(self.payload), "labels: they end early")
        self.at += count
        return self.payload[self.at - count : self.at]

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "little")


def label_arrays(
    payload: bytes, count: int, pixels: np.ndarray, kind: Kind, model: Model
) -> list[tuple[str, np.ndarray]]:
    """The arrays of a labels section; pixels: level indexes (N, H, W, C) of the images."""
    need(len(payload) >= 1, "labels: no pixel weight")
    at = 1
    tables = []
    for _ in range(count):
        tables.append(Table(payload, at))
        at = tables[-1].at
    need((len(payload) - at) % 4 == 0, "labels: broken words")
    stack = Stack(np.frombuffer(payload[at:], "<u4").tolist())
    votes = neighbours(pixels.astype(np.int64), payload[0], kind, model)
    content = payload[:at]
    arrays = []
    for table in tables:
        classes = pop_classes(stack, votes, len(table.values))
        array = np.array([table.values[k] for k in classes], table.dtype)
        content += array.tobytes()
        arrays.append((table.name, array[:, None] if table.column else array))
    seed = np.frombuffer(hashlib.sha256(content).digest(), "<u4").tolist()
    need(stack.words() == [*seed, 1], "labels: the final check")
    return arrays


def neighbours(
    pixels: np.ndarray, pixel_weight: int, kind: Kind, model: Model
) -> list[list[tuple[int, int]]]:
    """For each image its neighbours, each with its votes."""
    out = []
    codes = points(model, pixels, kind)
    flat = pixels.reshape(len(pixels), -1)
    for i in range(len(pixels)):
        start = max(0, i - 2**14)
        near = ((codes[start:i] - codes[i]) ** 2).sum(1).tolist()
        pool = sorted((d, start + j) for j, d in enumerate(near))[:64]
        ranked = sorted(
            (d + pixel_weight * int(((flat[j] - flat[i]) ** 2).sum()) // (kind.levels - 1) ** 2, j)
            for d, j in pool
        )
        votes = []
        for r, (d, j) in enumerate(ranked[:16]):
            share = ((ranked[0][0] + 1) << 16) // (d + 1)
            share = share**2 >> 16
            votes.append((j, (share**2 >> 16) // (4 + r)))
        out.append(votes)
    return out


def pop_classes(stack: Stack, votes: list[list[tuple[int, int]]], k: int) -> list[int]:
    occurred = [1] * k
    answers = [[[16 - b, b + 1] for b in range(16)] for _ in range(3)]
    classes: list[int] = []
    for row in votes:
        classes.append(pop_class(stack, [(classes[j], vote) for j, vote in row], occurred, answers))
        occurred[classes[-1]] += 1
        if sum(occurred) > 2**16:
            occurred[:] = [(count + 1) // 2 for count in occurred]
    return classes


def pop_class(
    stack: Stack,
    votes: list[tuple[int, int]],
    occurred: list[int],
    answers: list[list[list[int]]],
) -> int:
    cast = [sum(vote for name, vote in votes if name == k) for k in range(len(occurred))]
    left = list(range(len(occurred)))
    guesses = sorted((k for k in left if cast[k]), key=lambda k: (-cast[k], k))
    for g, guess in enumerate(guesses):
        if len(left) == 1:
            break
        b = 16 * cast[guess] // (sum(cast[k] for k in left) + 1)
        counts = answers[min(g, 2)][b]
        right = counts[1] * 2**24 // sum(counts)
        answer = stack.pop(np.array([2**24 - right, right]))
        counts[answer] += 2
        if sum(counts) > 2**16:
            counts[:] = [(count + 1) // 2 for count in counts]
        if answer:
            return guess
        left.remove(guess)
    if len(left) == 1:
        return left[0]
    return left[stack.pop(even([occurred[k] for k in left]))]
