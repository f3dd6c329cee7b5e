"""The asymmetric numeral system itself, compiled (docs/FORMAT.md 6.2): peek, advance, put.

Compiled loops of other rooms pop with these three, so that a symbol is found in whatever way its
distribution has. A loop takes the arrays of a `CoderState` one by one, for numba takes a tuple
apart in twice the time that the loop itself has:

    quantile = peek(registers)
    ...                                                  the symbol's start and frequency
    advance(registers, words, tally, start, frequency)
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from acncodec.compiled import compiled
from acncodec.contracts.distribution import TOTAL, TOTAL_BITS, CoderState

WORD_BITS = 32
_PRECISION = np.uint64(TOTAL_BITS)
_QUANTILE = np.uint64(TOTAL - 1)
_WORD = np.uint64(WORD_BITS)
_LOW = np.uint64((1 << WORD_BITS) - 1)
_FULL = np.uint64(64 - TOTAL_BITS)
_NONE, _ONE = np.uint64(0), np.uint64(1)

_SCALE_BITS = 960
_LARGE, _SMALL = 2.0**_SCALE_BITS, 2.0**-_SCALE_BITS


@compiled(inline="always")
def peek(registers: Any) -> Any:
    """The quantile of the next symbol, int64 in range(2^24)."""
    return np.int64(registers[0] & _QUANTILE)


@compiled(inline="always")
def advance(registers: Any, words: Any, tally: Any, start: Any, frequency: Any) -> None:
    """Take the symbol with this part, which holds the quantile, off the stack."""
    state = registers[0]
    rest = (state & _QUANTILE) - np.uint64(start)
    state = (state >> _PRECISION) * np.uint64(frequency) + rest
    used = registers[1]
    if state <= _LOW and used > _NONE:
        used -= _ONE
        registers[1] = used
        state = (state << _WORD) | np.uint64(words[used])
    registers[0] = state
    tally[0] -= TOTAL_BITS
    product = tally[1] / frequency
    if product < _SMALL:
        product *= _LARGE
        tally[0] += _SCALE_BITS
    tally[1] = product


@compiled(inline="always")
def put(registers: Any, words: Any, tally: Any, start: Any, frequency: Any) -> None:
    """Put a symbol with this part on the stack. `words` must have room for one more."""
    state, part = registers[0], np.uint64(frequency)
    if (state >> _FULL) >= part:
        words[registers[1]] = np.uint32(state & _LOW)
        registers[1] += _ONE
        state >>= _WORD
    prefix = state // part
    registers[0] = (prefix << _PRECISION) + np.uint64(start) + (state - prefix * part)
    tally[0] += TOTAL_BITS
    product = tally[1] * frequency
    if product > _LARGE:
        product *= _SMALL
        tally[0] -= _SCALE_BITS
    tally[1] = product


@compiled()
def put_all(registers: Any, words: Any, tally: Any, starts: Any, frequencies: Any) -> None:
    """Put symbols with parts (n,) on the stack, the last one first."""
    for i in range(len(starts) - 1, -1, -1):
        put(registers, words, tally, np.int64(starts[i]), np.int64(frequencies[i]))


def new_tally() -> Any:
    """The tally of a stack that nothing was pushed on."""
    return np.array([0.0, 1.0])


def tallied_bits(state: CoderState) -> float:
    """Sum of -log2(frequency / 2^24) of symbols pushed, less that of symbols popped.

    The tally holds no logarithms: an integer, exactly, and the product of the frequencies, less
    powers of two. So n symbols cost one logarithm, and n roundings of 2^-53 of a nat.
    """
    return float(state.tally[0]) - math.log2(state.tally[1])


@compiled()
def total_information(frequencies: Any) -> float:
    """Sum of -log2(frequency / 2^24) over frequencies (n,)."""
    bits, product = 0.0, 1.0
    for i in range(len(frequencies)):
        bits += TOTAL_BITS
        product *= frequencies[i]
        if product > _LARGE:
            product *= _SMALL
            bits -= _SCALE_BITS
    return bits - math.log2(product)
