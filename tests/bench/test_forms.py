"""The page of forms says what the commands do."""

from __future__ import annotations

import pytest

for extra in ("PIL", "imagecodecs", "pyarrow", "zarr"):
    pytest.importorskip(extra, reason="the page shows every extra")

import forms  # noqa: E402


def test_the_page_is_what_the_commands_say() -> None:
    assert forms.PAGE.read_text("utf-8") == forms.page(), "python bench/forms.py --write"
