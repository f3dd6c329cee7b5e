"""Labels on a stack: which class an image is of, told from the labels of its neighbours.

The neighbours vote; the classes they name are tried one after the other, the one with the most
votes first: is it this one? How often a guess with such a share of the votes was right so far says
what the answer costs. When no guess was right, one of the classes that are left is chosen, by how
often each occurred.

    votes  7: 0.7   1: 0.2   9: 0.1      is it a 7?  no    is it a 1?  no    a 9?  yes
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.neighbours import Neighbours
from acncodec.contracts.distribution import TOTAL, TOTAL_BITS, Distribution
from acncodec.contracts.message import Message
from acncodec.errors import CoderError
from acncodec.stack.bits import information
from acncodec.stack.distributions import Shared
from acncodec.stack.frequencies import proportional

Ints = NDArray[np.int64]

SHARES: Final = 16
"""Guesses are told apart by their share of the votes, in so many steps,"""
GUESSES: Final = 3
"""and by whether they are the first, the second, or a later one."""
COUNT_STEP: Final = 2
MAX_COUNT: Final = 1 << 16
"""Counts are halved where their sum exceeds this, so that no frequency falls to 0."""

Ask = Callable[[int, Distribution, Sequence[int]], int]
"""(image, distribution, classes) -> which of the alternatives is true; class -1 is any other."""


class _Adaptive:
    """What a run has seen so far: how often guesses were right, how often classes occurred."""

    def __init__(self, classes: int) -> None:
        self._occurred = [1] * classes
        self._answers = [
            [[SHARES - share, share + 1] for share in range(SHARES)] for _ in range(GUESSES)
        ]

    def class_of(self, image: int, votes: dict[int, int], ask: Ask) -> int:
        """Find the class of an image by questions, and learn from the answers."""
        found = self._question(image, votes, ask)
        self._occurred[found] += 1
        if sum(self._occurred) > MAX_COUNT:
            self._occurred = [(count + 1) >> 1 for count in self._occurred]
        return found

    def _question(self, image: int, votes: dict[int, int], ask: Ask) -> int:
        left = dict.fromkeys(range(len(self._occurred)))
        cast = sum(votes.values())
        ranked = sorted(votes, key=lambda name: (-votes[name], name))
        for place, guess in enumerate(ranked):
            if len(left) == 1:
                break
            share = SHARES * votes[guess] // (cast + 1)
            answers = self._answers[min(place, GUESSES - 1)][share]
            if ask(image, _yes_or_no(*answers), (-1, guess)):
                self._learn(answers, 1)
                return guess
            self._learn(answers, 0)
            del left[guess]
            cast -= votes[guess]
        classes = list(left)
        if len(classes) == 1:
            return classes[0]
        shares = np.array([self._occurred[name] for name in classes], np.int64)
        return classes[ask(image, Shared(proportional(shares), 1), classes)]

    @staticmethod
    def _learn(answers: list[int], answer: int) -> None:
        answers[answer] += COUNT_STEP
        if sum(answers) > MAX_COUNT:
            answers[:] = [(count + 1) >> 1 for count in answers]


def _yes_or_no(wrong: int, right: int) -> Shared:
    frequency = (right << TOTAL_BITS) // (wrong + right)
    return Shared(np.array([TOTAL - frequency, frequency]), 1)


class Labels:
    """The classes of all images, integers in range(classes), each given its neighbours'."""

    def __init__(self, neighbours: Neighbours, classes: int) -> None:
        self._neighbours, self._classes = neighbours, classes

    def _walk(self, ask: Ask) -> Ints:
        model = _Adaptive(self._classes)
        found: list[int] = []
        pairs = zip(
            self._neighbours.indexes.tolist(), self._neighbours.weights.tolist(), strict=True
        )
        for image, (indexes, weights) in enumerate(pairs):
            votes: dict[int, int] = {}
            for index, weight in zip(indexes, weights, strict=True):
                if weight:
                    votes[found[index]] = votes.get(found[index], 0) + weight
            found.append(model.class_of(image, votes, ask))
        return np.array(found, np.int64)

    def _asked(self, symbol: Ints) -> list[tuple[Ints, Distribution]]:
        asked: list[tuple[Ints, Distribution]] = []
        known = symbol.tolist()

        def answer(image: int, distribution: Distribution, classes: Sequence[int]) -> int:
            index = classes.index(known[image]) if known[image] in classes else 0
            asked.append((np.array([index]), distribution))
            return index

        self._walk(answer)
        return asked

    def push(self, stack: Message, symbol: Ints) -> None:
        """Push classes, int64 (N,). Raises `CoderError` if one is not in range(classes)."""
        if len(symbol) and not 0 <= symbol.min() <= symbol.max() < self._classes:
            raise CoderError(f"a class is not in range({self._classes})")
        for answer, distribution in reversed(self._asked(symbol)):
            stack.push(answer, distribution)

    def pop(self, stack: Message) -> Ints:
        """Pop classes, int64 (N,)."""
        return self._walk(lambda _image, distribution, _classes: int(stack.pop(distribution)[0]))

    def bits(self, symbol: Ints) -> float:
        """Information content, bits."""
        return sum(information(*asked) for asked in self._asked(symbol))
