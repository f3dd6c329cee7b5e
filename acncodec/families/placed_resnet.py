"""The any-size decoder for images of one size, told where a pixel is.

As `families.causal_resnet`, but that what the first window gives is moved by a vector for the row
and one for the column, so that sets of centred images need no deep network to know where they are.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import ClassVar, Final, Self

from acncodec.contracts.image_kind import ImageKind, Shape
from acncodec.families import causal_resnet
from acncodec.families.causal_resnet import RECIPE, ResNetConfig
from acncodec.families.family import LIKELIHOOD, Family, Preset, Widening
from acncodec.parts.causal_resnet.shape import MAX_SIDE, CausalResNetConfig

BYTES_TOLD_PLACES: Final = 1_000_000
"""Of what xz makes of images of one size: from so many on a network is told where a pixel is. What
that saves grows with the set, what it takes does not; between two sets, the number is a guess."""


@dataclass(frozen=True)
class PlacedResNetConfig(ResNetConfig):
    """The sizes of decoder and head, and of the images, each side at most `MAX_SIDE`; not their
    levels."""

    by_images: ClassVar[frozenset[str]] = frozenset({"channels", "image_height", "image_width"})

    image_height: int = 28
    image_width: int = 28

    @property
    def accepts(self) -> ImageKind:
        """Images of this size and any number of levels."""
        return ImageKind(self.channels, None, (self.image_height, self.image_width))

    def for_images(self, shape: Shape) -> Self:
        """The same for images of this shape (C, H, W). Raises `ModelError` for larger ones."""
        channels, height, width = shape
        return replace(self, channels=channels, image_height=height, image_width=width)

    @property
    def network(self) -> CausalResNetConfig:
        """The shape of the decoder."""
        return replace(super().network, size=(self.image_height, self.image_width))


def told_places(config: ResNetConfig) -> PlacedResNetConfig:
    """The same network, but told places."""
    return PlacedResNetConfig(**{one.name: getattr(config, one.name) for one in fields(config)})


def told_places_of(config: ResNetConfig, shape: Shape) -> PlacedResNetConfig:
    """The same network, but told the places of images of a shape (C, H, W)."""
    return told_places(config).for_images(shape)


def is_told_places(shape: Shape, by_xz: int | None) -> bool:
    """Whether a network for images of a shape (C, H, W) alone had better be told places."""
    return by_xz is not None and by_xz >= BYTES_TOLD_PLACES and max(shape[1:]) <= MAX_SIDE


PRESETS = (
    Preset(
        "placed-small",
        PlacedResNetConfig(),
        RECIPE,
        f"as rgb-small, images of one size ({MAX_SIDE}x{MAX_SIDE} at most), told places",
    ),
    Preset(
        "tiny-placed",
        PlacedResNetConfig(1, width=8, blocks=2, hidden=16, first_reach=2, columns=3, components=2),
        replace(RECIPE, steps=200, checkpoint_steps=100, batch=16, warmup_steps=20),
        "tiny, as placed-small",
    ),
)

FAMILY = Family(
    name="placed-resnet",
    profile="int15-placed-resnet",
    since=7,
    config=PlacedResNetConfig,
    capabilities=frozenset({LIKELIHOOD}),
    presets=PRESETS,
    build=causal_resnet.build,
    objective=causal_resnet.objective,
    finish=causal_resnet.finish,
    freeze=causal_resnet.freeze,
    schema=causal_resnet.schema,
    write=causal_resnet.write,
    read=causal_resnet.read,
    likelihood=causal_resnet.likelihood,
    ladder=tuple(map(told_places, causal_resnet.LADDER)),
    ladder_for=is_told_places,
    widens=Widening(causal_resnet.FAMILY, told_places_of),
)
