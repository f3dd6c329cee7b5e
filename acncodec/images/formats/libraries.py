"""The optional libraries that decode pictures, imported when they are needed."""

from __future__ import annotations

import importlib
import logging
from typing import Any

from acncodec.errors import MissingExtraError


def library(module: str, package: str) -> Any:
    """Import `module` of `package`. Raises `MissingExtraError` where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"this picture needs {package}, which is not installed: pip install 'acncodec[images]'"
        ) from error


def pillow() -> Any:
    """The module `PIL.Image`."""
    return library("PIL.Image", "Pillow")


def imagecodecs() -> Any:
    """The module `imagecodecs`, for what Pillow would round to 8 bits."""
    return library("imagecodecs", "imagecodecs")


def tifffile() -> Any:
    """The module `tifffile`; it decodes with `imagecodecs`, whose absence would show too late."""
    imagecodecs()
    module = library("tifffile", "tifffile")
    log = logging.getLogger("tifffile")
    if not log.handlers:  # what it logs of bad files would go to standard error
        log.addHandler(logging.NullHandler())
    return module
