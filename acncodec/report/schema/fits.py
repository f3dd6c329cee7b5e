"""Results on models that are fitted to a set and lie in its file."""

from __future__ import annotations

from dataclasses import dataclass

from acncodec.report.schema.base import Count, Measured, Share


@dataclass(frozen=True, kw_only=True)
class BestRival:
    """The smallest file of other compressors."""

    name: str
    layout: str
    bytes: Count


@dataclass(frozen=True, kw_only=True)
class FitRow:
    """One file. speed: `fast`, `normal` or `slow`; decompress_seconds: by number of threads, of
    the whole process."""

    speed: str
    file_bytes: Count
    model_bytes: Count
    weights: Count
    stored_images: Count
    decompress_seconds: dict[str, float]
    bits_a_weight: float | None = None
    ratio: float | None = None
    compress_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Fits(Measured):
    """`bench/fits.py`. threads: that each fit took."""

    images: Count
    shape: tuple[Count, ...]
    minutes: float
    threads: Count
    rows: tuple[FitRow, ...]
    best_rival: BestRival | None = None


@dataclass(frozen=True, kw_only=True)
class FitChoice:
    """A file of a fit with some settings, `KEY=VALUE` with spaces between."""

    settings: str
    weights: Count
    file_bytes: Count
    model_bytes: Count
    bits_a_weight: float
    steps: Count
    stored_images: Count | None = None


@dataclass(frozen=True, kw_only=True)
class FitChoices(Measured):
    """`bench/fit_choices.py`. start: the model whose weights each fit began with, if any."""

    images: Count
    minutes: float
    threads: Count
    rows: tuple[FitChoice, ...]
    start: str | None = None


@dataclass(frozen=True, kw_only=True)
class FewRow:
    """A set of few pictures, without and with a fit; kept: of which of the `candidates`, whose
    files had so many bytes, the smallest was; files_bytes: of a folder's pictures as they lie."""

    data: str
    images: Count
    without_bytes: Count
    file_bytes: Count
    kept: str
    candidates: dict[str, Count]
    stored_images: Count
    files_bytes: Count | None = None


@dataclass(frozen=True, kw_only=True)
class FitFew(Measured):
    """`bench/fit_few.py`."""

    minutes: float
    threads: Count
    rows: tuple[FewRow, ...]


@dataclass(frozen=True, kw_only=True)
class FitSize:
    """A file with a network of one size. decompress_seconds: by number of threads, of whole
    processes."""

    weights: Count
    file_bytes: Count
    model_bytes: Count
    steps: Count
    stored_images: Count | None = None
    decompress_seconds: dict[str, float] | None = None


@dataclass(frozen=True, kw_only=True)
class FitSizes(Measured):
    """`bench/fit_sizes.py`. xz_bytes: bytes of the images by xz, about."""

    images: Count
    minutes: float
    threads: Count
    xz_bytes: Count
    rows: tuple[FitSize, ...]


@dataclass(frozen=True, kw_only=True)
class TrainChoice:
    """A model that the images chose, but for some settings: the least that held-back images took
    at any checkpoint, and what they took at the last one."""

    settings: str
    bits_per_dim: float
    last_bits_per_dim: float
    steps: Count
    parameters: Count


@dataclass(frozen=True, kw_only=True)
class TrainChoices(Measured):
    """`bench/train_choices.py`."""

    images: Count
    minutes: float
    rows: tuple[TrainChoice, ...]


@dataclass(frozen=True, kw_only=True)
class LiveFeatures:
    """live, least_live: shares of the hidden features that live, of all blocks together and of the
    block where it is least; bits_per_dim: of the last steps."""

    weights: Count
    matrix_rate: float
    live: Share
    least_live: Share
    bits_per_dim: float


@dataclass(frozen=True, kw_only=True)
class HiddenFeatures(Measured):
    """`bench/hidden_features.py`."""

    images: Count
    steps: Count
    rows: tuple[LiveFeatures, ...]
