"""Draws: the same integers everywhere, and exactly the probabilities of the frequencies."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.arithmetic.tables import TOTAL
from acncodec.errors import CoderError
from acncodec.sampling.draws import Purpose, RandomMessage, pick_rows, stream, uniforms
from acncodec.stack.distributions import Rows, Shared


def test_the_stream_is_what_it_always_was() -> None:
    drawn = uniforms(stream(7, Purpose.PIXELS), 2, 2)
    assert drawn.dtype == np.int64
    assert drawn.tolist() == [[9895327, 8497935], [12867063, 3130286]]


def test_purposes_steps_and_seeds_have_streams_of_their_own() -> None:
    places = [(7, Purpose.PIXELS, 0), (7, Purpose.PIXELS, 1), (7, Purpose.LATENTS, 0)]
    places += [(8, Purpose.PIXELS, 0), (7 + 2**32, Purpose.PIXELS, 0)]
    drawn = {tuple(uniforms(stream(*place), 4).tolist()) for place in places}
    assert len(drawn) == len(places)


def test_fewer_rows_are_the_first_of_more() -> None:
    few, many = uniforms(stream(1, Purpose.ROWS), 3, 5), uniforms(stream(1, Purpose.ROWS), 9, 5)
    assert np.array_equal(few, many[:3])
    source = stream(1, Purpose.ROWS)
    parts = [uniforms(source, 4, 5), uniforms(source, 5, 5)]
    assert np.array_equal(np.concatenate(parts), many)


def test_uniforms_span_the_frequencies() -> None:
    drawn = uniforms(stream(2, Purpose.ROWS), 100_000)
    assert drawn.min() >= 0
    assert drawn.max() < TOTAL
    counts = np.bincount(drawn >> 20, minlength=16)
    assert counts.min() > 5_800
    assert counts.max() < 6_700


def test_every_symbol_is_drawn_exactly_as_often_as_its_frequency_says() -> None:
    frequencies = np.array([1, 12_345_679, 8, TOTAL - 12_345_688])
    counts, lot = np.zeros(4, np.int64), TOTAL // 8
    for start in range(0, TOTAL, lot):
        drawn = RandomMessage(np.arange(start, start + lot)).pop(Shared(frequencies, lot))
        counts += np.bincount(drawn, minlength=4)
    assert np.array_equal(counts, frequencies)


def test_each_symbol_takes_an_integer_of_its_own() -> None:
    made = Rows(np.array([[10, TOTAL - 12, 2], [TOTAL - 2, 1, 1]]))
    integers = [9, TOTAL - 3, 10, TOTAL - 2, TOTAL - 2, TOTAL - 1]
    message = RandomMessage(np.array(integers))
    drawn = [message.pop(made).tolist() for _ in range(3)]
    assert drawn == [[0, 0], [1, 1], [2, 2]]
    with pytest.raises(CoderError, match="too few"):
        message.pop(made)


def test_what_is_pushed_on_random_integers_is_forgotten() -> None:
    made = Rows(np.array([[10, TOTAL - 10]]))
    message = RandomMessage(np.array([3, 30]))
    message.require(1e9)
    assert message.pop(made).tolist() == [0]
    message.push(np.array([1]), made)
    assert message.pop(made).tolist() == [1]
    assert message.ideal_bits == 0


def test_rows_are_picked_without_repetition() -> None:
    rows = pick_rows(50, 20, 3)
    assert len(set(rows.tolist())) == 20
    assert (np.diff(rows) > 0).all()
    assert rows.max() < 50
    assert np.array_equal(rows, pick_rows(50, 20, 3))
    assert not np.array_equal(rows, pick_rows(50, 20, 4))
    assert pick_rows(5, 20, 3).tolist() == [0, 1, 2, 3, 4]
