"""The models that a header names: written, read, and refused where they are none."""

from __future__ import annotations

import pytest

from acncodec.container.model_names import (
    NO_MODEL,
    ModelName,
    check_embedded,
    embedded_from_json,
    models_from_json,
    models_to_json,
)
from acncodec.container.strict import Fields
from acncodec.errors import FormatError

NAMES = tuple(ModelName(f"m{n}", "int15", bytes([n] * 32)) for n in range(3))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_models_come_back(count: int) -> None:
    fields = Fields(models_to_json(NAMES[:count]), "a header")
    first = NAMES[0].model_id if count else NO_MODEL
    assert models_from_json(fields, first, modelled=count > 0) == NAMES[:count]
    fields.finish()


def test_none_is_named_where_none_is_needed() -> None:
    with pytest.raises(FormatError, match="no image is modelled"):
        models_from_json(Fields({}, "a header"), NAMES[1].model_id, modelled=False)


@pytest.mark.parametrize("embedded", [(), (0,), (2,), (0, 2)])
def test_what_a_file_carries_comes_back(embedded: tuple[int, ...]) -> None:
    given: dict[str, object] = {"f": list(embedded)} if embedded else {}
    assert embedded_from_json(Fields(given, "a header")) == embedded
    check_embedded(embedded, 3)


@pytest.mark.parametrize("embedded", [(3,), (-1,), (1, 0), (1, 1)])
def test_models_that_are_not_there_cannot_be_carried(embedded: tuple[int, ...]) -> None:
    with pytest.raises(FormatError):
        check_embedded(embedded, 3)
