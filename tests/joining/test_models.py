from __future__ import annotations

import pytest

from acncodec.container import ModelName
from acncodec.errors import JoinError
from acncodec.joining.models import merged

A, B, C = (ModelName(name, "int15", name.encode() * 32) for name in "abc")


def test_each_model_is_there_once_and_every_list_keeps_its_order() -> None:
    assert merged([]) == merged([(), ()]) == ()
    assert merged([(A, B), (A, B)]) == (A, B)
    assert merged([(), (B,), (A, B), (B, C)]) == (A, B, C)
    assert merged([(A, C), (B, C), (A, B)]) == (A, B, C)


def test_one_id_under_two_names_is_one_model() -> None:
    assert merged([(A,), (ModelName("other", "int15", A.model_id),)]) == (A,)


def test_orders_that_contradict_one_another_are_refused() -> None:
    with pytest.raises(JoinError, match="different orders"):
        merged([(A, B), (B, A)])
