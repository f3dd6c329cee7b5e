"""A few bytes cannot ask for hours of work."""

from __future__ import annotations

import pytest
from level_sets import tiny_resnet
from tiny import frozen

from acncodec.errors import TooLargeError
from acncodec.models.work import FREE_MACS, MACS_A_BYTE, check_work


def test_work_beyond_what_is_free_must_be_worth_its_bytes() -> None:
    model = tiny_resnet(1)
    count = FREE_MACS // model.macs_of((100, 100)) + 1
    worth = count * model.macs_of((100, 100)) // MACS_A_BYTE + 1
    check_work(model, [((1, 100, 100), count - 1)], 0)
    check_work(model, [((1, 100, 100), count)], worth)
    with pytest.raises(TooLargeError, match=f"{count} images of 100x100"):
        check_work(model, [((1, 100, 100), count)], worth - 1)


def test_images_of_a_fixed_size_have_a_bit_each_and_need_no_bound() -> None:
    check_work(frozen(6), [((1, 8, 8), 1 << 40)], 1)
