"""How numbers are shown."""

from __future__ import annotations

import pytest

from acncodec.report.document import Number, less, number


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (Number(74.268), "74.27"),
        (Number(1234567.0, 0), "1,234,567"),
        (Number(0.25, signed=True), "+0.25"),
        (Number(-0.25, signed=True), "-0.25"),
        (Number(-0.0004, signed=True), "0.00"),
        (Number(0.0004, signed=True), "0.00"),
        (Number(0.985, 1, share=True), "98.5 %"),
        (Number(12.0, 0, after=" of 20"), "12 of 20"),
    ],
)
def test_numbers(shown: Number, text: str) -> None:
    assert shown.text == text


def test_missing_figures_have_no_number() -> None:
    assert number(None) is None
    assert less(None, 1.0) is None
    assert less(1.0, None) is None
    assert less(1.5, 1.0) == Number(0.5, signed=True)
