"""Marks for tests of what only an optional package brings."""

from __future__ import annotations

import pytest

from acncodec.errors import MissingExtraError
from acncodec.stack.torchac_backend import load_torchac


def _has_torchac() -> bool:
    try:
        load_torchac()
    except MissingExtraError:
        return False
    return True


needs_torchac = pytest.mark.skipif(
    not _has_torchac(), reason="the extra torchac is not installed, or does not compile here"
)
