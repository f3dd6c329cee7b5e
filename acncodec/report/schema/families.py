"""Results on models of several families side by side."""

from __future__ import annotations

from dataclasses import dataclass, field

from acncodec.report.schema.base import Count, Measured, Share


@dataclass(frozen=True, kw_only=True)
class CodebookUse:
    """How many vectors a codebook has, and the perplexity of those that images take."""

    vectors: Count
    perplexity: float


@dataclass(frozen=True, kw_only=True)
class FamilyRow:
    """Pixels, their principal components, or a trained model. levels: of the images as it takes
    them; accuracies in shares of 1; confusion: of the vote of neighbours, images by class and by
    what they were taken for."""

    label: str
    levels: Count
    family: str | None = None
    dimensions: Count | None = None
    linear_accuracy: Share | None = None
    knn_accuracy: Share | None = None
    confusion: tuple[tuple[Count, ...], ...] = ()
    bound_nats: float | None = None
    bound_standard_error: float | None = None
    bound_bits_per_dim: float | None = None
    file_nats: float | None = None
    file_bits_per_dim: float | None = None
    file_over_bound: float | None = None
    codebook: CodebookUse | None = None
    parameters: Count | None = None
    macs_per_image: Count | None = None
    steps: Count | None = None
    minutes: float | None = None


@dataclass(frozen=True, kw_only=True)
class Families(Measured):
    """`bench/families.py`. images: that classifiers were tried on; priced_images: in the file."""

    images: Count
    rows: tuple[FamilyRow, ...]
    train_images: Count | None = None
    priced_images: Count | None = None
    posterior_samples: Count | None = None
    neighbours: Count | None = None
    tried_on: str = ""
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NormalityTest:
    """How far codes are from a Gaussian: the energy distance in shares of its bound, and the
    p-value."""

    share: float
    p_value: Share


@dataclass(frozen=True, kw_only=True)
class AutoEncoder:
    """An auto-encoder: what its codes tell, and the squared error of what it makes of them."""

    model: str
    dimensions: Count
    linear_accuracy: Share
    knn_accuracy: Share
    normality: NormalityTest
    squared_error: float
    class_means_squared_error: float
    share_of_class_means: float
    mean_squared_error: float | None = None
    steps: Count | None = None
    minutes: float | None = None


@dataclass(frozen=True, kw_only=True)
class AutoEncoders(Measured):
    """`bench/auto_encoders.py`."""

    images: Count
    rows: tuple[AutoEncoder, ...]
    tried_on: str = ""


@dataclass(frozen=True, kw_only=True)
class BitsOfPart:
    """What a part costs, bits an image, and the standard error over posterior samples."""

    bits: float
    standard_error: float | None = None


@dataclass(frozen=True, kw_only=True)
class LatentsWorth(Measured):
    """`bench/latents_worth.py`. latents, alone: parts of the costs of an ACN, and of its decoder
    alone; order: what a `set` gives back; totals: by ordering; all in bits an image. file_bytes: of
    all images, each by itself, by the two models."""

    train: str
    test: str
    images: Count
    samples_an_image: Count
    latents: dict[str, BitsOfPart]
    alone: dict[str, BitsOfPart]
    order: float
    totals: dict[str, float]
    file_bytes: dict[str, Count] = field(default_factory=dict)
    steps: Count | None = None
    posterior_samples: Count | None = None
