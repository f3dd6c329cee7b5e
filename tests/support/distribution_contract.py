"""What every distribution keeps to: a test of one inherits this class and says which it is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from reference_stack import ReferenceStack

from acncodec.contracts.distribution import TOTAL, Distribution, Intervals
from acncodec.errors import CoderError
from acncodec.stack.ans import Stack

Ints = NDArray[np.int64]


def rows_of(distribution: Distribution) -> Ints:
    """All frequencies, int64 (n, K)."""
    rows = distribution.frequencies()
    return np.broadcast_to(rows, (len(distribution), rows.shape[1]))


def random_frequencies(rng: np.random.Generator, count: int, size: int) -> Ints:
    """Rows (count, size) that sum to 2^24, many of whose entries are 1."""
    rows = np.floor(rng.dirichlet(np.full(size, 0.2), count) * (TOTAL - size)).astype(np.int64) + 1
    rows[np.arange(count), rng.integers(0, size, count)] += TOTAL - rows.sum(1)
    return rows


def message_words(seed: int, count: int) -> NDArray[np.uint32]:
    return np.random.default_rng(seed).integers(0, 1 << 32, count, np.uint64).astype(np.uint32)


class DistributionContract:
    """Inherit it, and define `distribution`."""

    def distribution(self, rows: slice = slice(None)) -> Distribution:
        """Some symbols, or only those of `rows`."""
        raise NotImplementedError

    def test_frequencies_are_positive_and_sum_to_2_to_the_24(self) -> None:
        made = self.distribution()
        rows = made.frequencies()
        assert rows.dtype == np.int64
        assert rows.shape in {(len(made), made.alternatives), (1, made.alternatives)}
        assert rows.min() >= 1
        assert (rows.sum(1) == TOTAL).all()

    def test_intervals_are_the_cumulated_frequencies(self) -> None:
        made = self.distribution()
        rows = rows_of(made)
        ends, every = np.cumsum(rows, 1), np.arange(len(made))
        last = made.alternatives - 1
        for symbols in (
            np.zeros(len(made), np.int64), np.full(len(made), last), self._some(made, 1),
        ):  # fmt: skip
            found = made.interval(symbols)
            assert found.alternatives == made.alternatives
            assert np.array_equal(found.symbols, symbols)
            assert np.array_equal(found.frequencies, rows[every, symbols])
            assert np.array_equal(found.starts, (ends - rows)[every, symbols])
            assert found.starts.dtype == found.frequencies.dtype == np.int32

    def test_locate_inverts_interval_at_both_ends_of_every_part(self) -> None:
        made = self.distribution()
        for symbols in (*self._all(made), self._some(made, 2)):
            part = made.interval(symbols)
            starts = part.starts.astype(np.int64)
            for quantiles in (starts, starts + part.frequencies - 1):
                self._same(made.locate(quantiles), part)

    def test_a_higher_quantile_never_has_a_lower_symbol(self) -> None:
        made = self.distribution()
        quantiles = np.sort(np.random.default_rng(3).integers(0, TOTAL, 40))
        quantiles = np.concatenate([[0], quantiles, [TOTAL - 1]])
        found = [made.locate(np.full(len(made), q)).symbols for q in quantiles]
        assert (np.diff(np.stack(found), axis=0) >= 0).all()
        assert (found[0] == 0).all()
        assert (found[-1] == made.alternatives - 1).all()

    def test_a_slice_has_the_same_parts_as_the_whole(self) -> None:
        made = self.distribution()
        symbols = self._some(made, 4)
        whole = made.interval(symbols)
        for rows in (slice(0, 1), slice(len(made) // 3, None), slice(0, 0)):
            part = self.distribution(rows)
            assert len(part) == len(symbols[rows])
            found = part.interval(symbols[rows])
            assert np.array_equal(found.starts, whole.starts[rows])
            assert np.array_equal(found.frequencies, whole.frequencies[rows])

    @pytest.mark.parametrize("words", [0, 1, 2, 3, 500])
    def test_a_stack_gives_the_words_of_the_reference(self, words: int) -> None:
        made, message = self.distribution(), message_words(words, words)
        symbols = self._some(made, words)
        for seal in (True, False):
            message[-1:] |= 1  # unsealed words do not end in 0
            ours, theirs = Stack(message, seal=seal), ReferenceStack(message, seal=seal)
            popped = ours.pop(made)
            assert np.array_equal(popped, theirs.pop(made))
            assert np.array_equal(ours.words(), theirs.words())
            assert ours.valid_bits == theirs.valid_bits
            ours.push(popped, made)
            assert np.array_equal(ours.words(), message if not seal else [*message, 1])
            theirs.push(popped, made)
            ours.push(symbols, made)
            theirs.push(symbols, made)
            assert np.array_equal(ours.words(), theirs.words())
            assert np.array_equal(ours.pop(made), symbols)

    def test_symbols_outside_are_refused(self) -> None:
        made = self.distribution()
        for wrong in (-1, made.alternatives, 1 << 40):
            symbols = self._some(made, 5)
            symbols[-1] = wrong
            with pytest.raises(CoderError):
                made.interval(symbols)
        with pytest.raises(CoderError):
            made.interval(np.zeros(len(made) + 1, np.int64))

    @staticmethod
    def _some(made: Distribution, seed: int) -> Ints:
        return np.random.default_rng(seed).integers(0, made.alternatives, len(made))

    @staticmethod
    def _all(made: Distribution) -> list[Ints]:
        step = max(1, made.alternatives // 50)
        return [np.full(len(made), symbol) for symbol in range(0, made.alternatives, step)]

    @staticmethod
    def _same(found: Intervals, wanted: Intervals) -> None:
        for one, other in zip(found[:3], wanted[:3], strict=True):
            assert np.array_equal(one, other)
