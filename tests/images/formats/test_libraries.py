"""Optional libraries: what is said where one is missing, and what they may not say."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

import pytest

from acncodec.errors import MissingExtraError
from acncodec.images.formats.libraries import imagecodecs, pillow, tifffile


@pytest.mark.parametrize(
    ("load", "module", "package"),
    [
        (pillow, "PIL.Image", "Pillow"),
        (imagecodecs, "imagecodecs", "imagecodecs"),
        (tifffile, "tifffile", "tifffile"),
        (tifffile, "imagecodecs", "imagecodecs"),
    ],
)
def test_a_missing_library_names_the_extra(
    load: Callable[[], Any], module: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"needs {package}.*'acncodec\[images\]'"):
        load()


def test_what_tifffile_logs_does_not_reach_standard_error() -> None:
    pytest.importorskip("imagecodecs")
    log = logging.getLogger("tifffile")
    before = log.handlers[:]
    log.handlers.clear()
    try:
        assert tifffile().__name__ == "tifffile"
        assert any(isinstance(handler, logging.NullHandler) for handler in log.handlers)
    finally:
        log.handlers[:] = before
