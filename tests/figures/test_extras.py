"""A missing package is an error that names its extra."""

from __future__ import annotations

import importlib
import sys

import pytest

from acncodec.errors import MissingExtraError
from acncodec.figures.extras import from_extra


def test_the_message_names_package_and_extra() -> None:
    with (
        pytest.raises(MissingExtraError, match=r"needs Pillow.*pip install 'acncodec\[images\]'"),
        from_extra("images", "Pillow"),
    ):
        raise ImportError


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [("sheet", "PIL", "images"), ("canvas", "matplotlib.axes", "plots")],
)
def test_modules_say_so_when_theirs_is_missing(
    monkeypatch: pytest.MonkeyPatch, module: str, package: str, extra: str
) -> None:
    name = f"acncodec.figures.{module}"
    monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf"acncodec\[{extra}\]"):
        importlib.import_module(name)
