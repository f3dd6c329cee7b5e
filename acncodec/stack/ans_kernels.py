"""The asymmetric numeral system itself, compiled (docs/FORMAT.md 6.2): peek, advance, put.

Compiled loops of other rooms pop with these, so that a symbol is found in whatever way its
distribution has. A loop takes the arrays of a `CoderState` one by one (numba takes 6 microseconds
to take a tuple apart), and holds what changes in a *top*, which stays in registers:

    top = loaded(registers, tally)
    for ...:
        quantile = peek(top)
        ...                                              the symbol's start and frequency
        top = advance(top, words[top_word(top)], start, frequency)
    store(registers, tally, top)

`advance` is given a word and not all of them: an array that is handed on in a loop counts its uses,
each time. There is room for a word at least.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from acncodec.contracts.distribution import TOTAL, TOTAL_BITS, CoderState
from acncodec.run.compiled import compiled

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
def loaded(registers: Any, tally: Any) -> Any:
    """The top: state and words used, uint64; what `tally` holds, float64."""
    return registers[0], registers[1], tally[0], tally[1]


@compiled(inline="always")
def store(registers: Any, tally: Any, top: Any) -> None:
    """Put the top back into the arrays that it was loaded from."""
    registers[0], registers[1], tally[0], tally[1] = top


@compiled(inline="always")
def peek(top: Any) -> Any:
    """The quantile of the next symbol, int64 in range(2^24)."""
    return np.int64(top[0] & _QUANTILE)


@compiled(inline="always")
def top_word(top: Any) -> Any:
    """Where in `words` the word lies that is loaded next; 0 where none is left."""
    return max(top[1], _ONE) - _ONE


@compiled(inline="always")
def advance(top: Any, word: Any, start: Any, frequency: Any) -> Any:
    """The top without the symbol with this part, which holds the quantile; word: the one at
    `top_word`, which is loaded if the state wants it and there is one."""
    state, used, bits, product = top
    rest = (state & _QUANTILE) - np.uint64(start)
    state = (state >> _PRECISION) * np.uint64(frequency) + rest
    if state <= _LOW and used > _NONE:
        used -= _ONE
        state = (state << _WORD) | np.uint64(word)
    bits -= TOTAL_BITS
    product /= np.float64(frequency)
    if product < _SMALL:
        product *= _LARGE
        bits += _SCALE_BITS
    return state, used, bits, product


@compiled(inline="always")
def put(top: Any, words: Any, start: Any, frequency: Any) -> Any:
    """The top with a symbol with this part on it. `words` must have room for one more."""
    state, used, bits, product = top
    part = np.uint64(frequency)
    if (state >> _FULL) >= part:
        words[used] = np.uint32(state & _LOW)
        used += _ONE
        state >>= _WORD
    prefix = state // part
    state = (prefix << _PRECISION) + np.uint64(start) + (state - prefix * part)
    bits += TOTAL_BITS
    product *= np.float64(frequency)
    if product > _LARGE:
        product *= _SMALL
        bits -= _SCALE_BITS
    return state, used, bits, product


@compiled()
def put_all(registers: Any, words: Any, tally: Any, starts: Any, frequencies: Any) -> None:
    """Put symbols with parts (n,) on the stack, the last one first."""
    top = loaded(registers, tally)
    for i in range(len(starts) - 1, -1, -1):
        top = put(top, words, starts[i], frequencies[i])
    store(registers, tally, top)


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


@compiled()
def _columns(frequencies: Any, bits: Any, products: Any) -> None:
    for row in range(frequencies.shape[0]):
        for i in range(frequencies.shape[1]):
            products[i] *= frequencies[row, i]
            if products[i] > _LARGE:
                products[i] *= _SMALL
                bits[i] -= _SCALE_BITS


def information_of_columns(frequencies: Any) -> Any:
    """Sum of -log2(frequency / 2^24) over each column of frequencies (m, n): float64 (n,)."""
    rows, columns = frequencies.shape
    bits, products = np.full(columns, float(TOTAL_BITS * rows)), np.ones(columns)
    _columns(frequencies, bits, products)
    return bits - np.log2(products)
