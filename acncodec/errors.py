"""Every exception this package raises on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

MAX_MESSAGE = 1000


class AcnError(Exception):
    """The root: catch this to catch anything that acncodec reports.

    Messages quote what a file says, which may be long: they end after 1,000 characters.
    """

    def __str__(self) -> str:
        text = super().__str__()
        return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 3] + "..."


class DataError(AcnError):
    """The input is not a data set of images this program can take."""


class SeveralShapesError(DataError):
    """Images of several sizes or modes, where all must be alike."""


class SkippableError(DataError):
    """An array that cannot be taken, while others of its file may be: `text` says why, `name` is
    what `--skip` calls it."""

    text = name = ""

    @classmethod
    def of(cls, text: str, name: str) -> SkippableError:
        """That of an array."""
        error = cls(f"{text}; to leave it out, say --skip {name}")
        error.text, error.name = text, name
        return error


class ModelError(AcnError):
    """A model file is malformed, missing, or does not fit the data or the archive."""


class FreezeError(ModelError):
    """A trained model cannot be made exact: an accumulator might overflow."""


class FormatError(AcnError):
    """An .acn file is malformed, truncated or of an unknown version."""


class CorruptionError(FormatError):
    """An .acn file is well-formed but its content is not what was written."""


class CoderError(AcnError):
    """The entropy coder was given something it cannot code."""


class TooFewBitsError(CoderError):
    """Images cost a model too few bits to be coded by it; they can be stored."""


class JoinError(AcnError):
    """Archives cannot be joined: they are no parts, or not all parts of one set."""


class OutputError(AcnError):
    """The result cannot be written where it was asked for."""


class ClusterError(AcnError):
    """A cluster of machines cannot be joined, or was lost before all was done."""


class TooLargeError(AcnError):
    """What is to be read or made does not fit the memory of this machine, or would take more work
    than its bytes are worth."""


class TrainingError(AcnError):
    """Training cannot start or go on: bad settings, a checkpoint that does not fit, NaN loss."""


class MissingExtraError(AcnError):
    """An optional package is not installed; the message names the extra that brings it."""


class ExactnessError(AcnError):
    """This machine's matrix products fail the start-up test; nothing is coded with them."""


class ReportError(AcnError):
    """A result cannot be read, results do not go together, or the report cannot be drawn."""


@contextmanager
def naming(path: object) -> Iterator[None]:
    """Put `path` (or an address) before the message of any `AcnError` that does not begin so."""
    try:
        yield
    except AcnError as error:
        text = str(error)
        if not text.startswith(str(path)):
            error.args = (f"{path}: {text}",)
        raise
