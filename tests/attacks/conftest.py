"""The victim of all attacks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from capped import Capped


@pytest.fixture(scope="session")
def victim() -> Iterator[Capped]:
    """A process with little memory that opens what it is given."""
    with Capped() as child:
        yield child
