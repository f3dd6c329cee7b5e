"""Draws: the same integers everywhere, and exactly the probabilities of the frequencies."""

from __future__ import annotations

import numpy as np

from acncodec.arithmetic.tables import TOTAL
from acncodec.sampling.draws import Purpose, choose, pick_rows, stream, uniforms


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


def test_every_symbol_is_chosen_exactly_as_often_as_its_frequency_says() -> None:
    weights = np.array([[0.0, 12_345_678.0, 7.0, TOTAL - 4 - 12_345_685.0]])
    counts = np.zeros(4, np.int64)
    for start in range(0, TOTAL, TOTAL // 8):
        uniform = np.arange(start, start + TOTAL // 8)
        counts += np.bincount(choose(weights, uniform), minlength=4)
    assert np.array_equal(counts, weights[0] + 1)


def test_each_row_has_frequencies_of_its_own() -> None:
    weights = np.array([[9.0, TOTAL - 13.0, 1.0], [TOTAL - 3.0, 0.0, 0.0]])
    assert choose(weights, np.array([9, TOTAL - 3])).tolist() == [0, 0]
    assert choose(weights, np.array([10, TOTAL - 2])).tolist() == [1, 1]
    assert choose(weights, np.array([TOTAL - 2, TOTAL - 1])).tolist() == [2, 2]


def test_rows_are_picked_without_repetition() -> None:
    rows = pick_rows(50, 20, 3)
    assert len(set(rows.tolist())) == 20
    assert (np.diff(rows) > 0).all()
    assert rows.max() < 50
    assert np.array_equal(rows, pick_rows(50, 20, 3))
    assert not np.array_equal(rows, pick_rows(50, 20, 4))
    assert pick_rows(5, 20, 3).tolist() == [0, 1, 2, 3, 4]
