"""The VQ-VAE (van den Oord, Vinyals and Kavukcuoglu, 2017), whose decoder is a gated PixelCNN.

x --encoder--> map of vectors --nearest of a codebook--> map z of indexes --decoder--> r(x|z)
                                                              ^ p(z), causal over the map

z is certain: nothing is drawn, and no bits come back. A file holds z under p(z), then x given z.
Images have one size: two levels and one channel, whose pixels have a logit each, or any number of
levels and 1 to 4 channels, whose pixels have a logistic mixture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from acncodec.contracts.image_kind import ImageKind
from acncodec.errors import ModelError
from acncodec.families.causal_resnet import RECIPE
from acncodec.families.config import LARGEST, SizedConfig, check_binary
from acncodec.families.family import CODES, LIKELIHOOD, Family, Preset
from acncodec.families.vq_parts import freeze, read, schema, write
from acncodec.heads.mixture_shape import CONSTANTS, NEIGHBOURS, LogisticMixture
from acncodec.parts.code_prior.shape import CodePriorConfig
from acncodec.parts.conditioner.shape import condition_sizes
from acncodec.parts.conv_encoder.shape import check_encoder, encoder_sizes
from acncodec.parts.gated_pixelcnn.shape import check_kernels

if TYPE_CHECKING:
    from torch import Tensor

    from acncodec.contracts.codebook import Codebook
    from acncodec.contracts.likelihood import Likelihood
    from acncodec.families.exact import ExactNetworks
    from acncodec.learning.fitting import Fitted, Trained
    from acncodec.learning.networks import FloatNetworks
    from acncodec.learning.objectives import Objective
    from acncodec.learning.recipe import Recipe
    from acncodec.learning.source import Source

BINARY = 2
ANY = LARGEST
"""What stands for levels where any number of them is right."""


@dataclass(frozen=True)
class VQVAEConfig(SizedConfig):
    """The images' size, and the sizes of encoder (`parts.map_encoder`), decoder
    (`parts.code_conditioner`, `parts.gated_pixelcnn`) and prior (`parts.code_prior`).

    levels: 2, or 65,536 where any number is right; then `components` and `spikes` are those of the
    head (`heads.mixture_shape`). codes: vectors of the codebook, of `code_features` entries each.
    Maps of codes have a quarter of the image's rows and columns.
    """

    by_images: ClassVar[frozenset[str]] = frozenset({"height", "width", "channels"})
    """Not `levels`: images of two have another head than others, and a recipe says which."""

    codes: int = 64
    code_features: int = 16
    encoder_channels: tuple[int, ...] = (32, 64, 64)
    encoder_strides: tuple[int, ...] = (2, 2, 1)
    condition_channels: int = 16
    condition_hidden: int = 32
    decoder_filters: int = 16
    decoder_blocks: int = 3
    vertical_kernel: tuple[int, int] = (2, 3)
    horizontal_kernel: int = 2
    input_vertical_kernel: tuple[int, int] = (3, 5)
    input_horizontal_kernel: int = 3
    head_filters: int = 32
    components: int = 5
    spikes: tuple[str, ...] = (*NEIGHBOURS, *CONSTANTS)
    prior_features: int = 8
    prior_filters: int = 24
    prior_blocks: int = 3
    prior_head: int = 48

    def __post_init__(self) -> None:
        check_encoder(self)
        check_kernels(self)
        if self.levels not in (BINARY, ANY):
            raise ModelError(f"levels is {self.levels}: it is {BINARY}, or {ANY} for any number")
        if self.is_binary:
            check_binary(self)
        if encoder_sizes(self)[-1] != self.map_size:
            raise ModelError("the encoder must halve images twice: two strides of 2, else of 1")
        _ = self.head, self.prior  # whose sizes are checked

    @property
    def is_binary(self) -> bool:
        """Whether images have two levels."""
        return self.levels == BINARY

    @property
    def accepts(self) -> ImageKind:
        """Images of this shape, of two levels or of any number."""
        size = self.height, self.width
        return ImageKind(self.channels, BINARY if self.is_binary else None, size)

    @property
    def map_size(self) -> tuple[int, int]:
        """(rows, columns) of a map of codes."""
        return condition_sizes(self)[0]

    @property
    def latent_dim(self) -> int:
        """Places of a map of codes."""
        rows, columns = self.map_size
        return rows * columns

    @property
    def head(self) -> LogisticMixture:
        """The shape of the head, where images are not binary."""
        return LogisticMixture(self.channels, self.components, self.spikes)

    @property
    def planes(self) -> int:
        """Planes that the decoder sees."""
        return 1 if self.is_binary else self.channels + 1

    @property
    def outputs(self) -> int:
        """Outputs of the decoder a pixel."""
        return 1 if self.is_binary else self.head.outputs

    @property
    def groups(self) -> tuple[int, ...]:
        """How many outputs of each kind there are, without kinds of which there are none; nothing
        where images are binary."""
        return () if self.is_binary else self.head.groups

    @property
    def prior(self) -> CodePriorConfig:
        """The sizes of the prior."""
        return CodePriorConfig(
            *self.map_size, self.codes, self.prior_features, self.prior_filters,
            self.prior_blocks, self.prior_head,
        )  # fmt: skip


VQ_RECIPE = replace(
    RECIPE, optimizer="muon", bfloat16=True, batch=64, kl_start=1.0, kl_ramp_steps=0,
    refresh_steps=50,
)  # fmt: skip

PRESETS = (
    Preset(
        "vqvae",
        VQVAEConfig(codes=32),
        VQ_RECIPE,
        "28x28 binary images, each with a map of 7x7 codes",
    ),
    Preset(
        "vqvae-grey",
        VQVAEConfig(levels=ANY, codes=128),
        VQ_RECIPE,
        "as vqvae, images of one size, any levels and 1 channel (or as many as DATA has)",
    ),
    Preset(
        "vqvae-rgb",
        VQVAEConfig(
            height=32, width=32, channels=3, levels=ANY, codes=256, code_features=32,
            encoder_channels=(48, 96, 96), condition_channels=32, condition_hidden=64,
            decoder_filters=24,
        ),
        VQ_RECIPE,
        "as vqvae-grey, 32x32 images of 3 channels, such as those of CIFAR-10",
    ),
    Preset(
        "tiny-vqvae",
        VQVAEConfig(
            codes=8, code_features=4, encoder_channels=(8, 12), encoder_strides=(2, 2),
            condition_channels=4, condition_hidden=8, decoder_filters=8, decoder_blocks=1,
            head_filters=12, components=2, prior_features=3, prior_filters=8, prior_blocks=1,
            prior_head=12,
        ),
        replace(
            VQ_RECIPE, optimizer="adam", bfloat16=False, steps=200, checkpoint_steps=100, batch=16,
            warmup_steps=20,
        ),
        "tiny, as vqvae",
    ),
)  # fmt: skip


def build(config: VQVAEConfig) -> FloatNetworks:
    """Untrained float networks, whose mixtures are wide."""
    from functools import partial

    import torch

    from acncodec.heads.logistic_mixture_loss import initial_biases
    from acncodec.learning.networks import FloatNetworks
    from acncodec.parts.causal_resnet.net import planes
    from acncodec.parts.code_conditioner.net import CodeConditioner
    from acncodec.parts.code_prior.net import CodePrior
    from acncodec.parts.gated_pixelcnn.net import GatedPixelCNN
    from acncodec.parts.map_encoder.net import MapEncoder

    conditioner = CodeConditioner(config)
    decoder = GatedPixelCNN(config, conditioner, planes=config.planes, outputs=config.outputs)
    rows = {}
    if not config.is_binary and decoder.logit.bias is not None:
        with torch.no_grad():
            decoder.logit.bias.copy_(initial_biases(config.head))
        rows = dict.fromkeys(("decoder.logit.weight", "decoder.logit.bias"), config.groups)
    return FloatNetworks(
        config,
        encoder=MapEncoder(config),
        prior=CodePrior(config.prior),
        decoder=decoder,
        inner=("decoder.blocks", "decoder.conditioner", "encoder.layers"),
        price=partial(price, config),
        sight=planes,
        place=vectors_of,
        row_groups=rows,
    )


def vectors_of(net: FloatNetworks, codes: Tensor) -> Tensor:
    """Where maps of codes (n, places) lie: their vectors, place after place, (n, places * E)."""
    found: Tensor = net.encoder.codebook[codes.long()].flatten(1)
    return found


def price(config: VQVAEConfig, net: FloatNetworks, x: Tensor, z: Tensor, levels: int) -> Tensor:
    """-log r(x|z) of level indexes x, float32 (n, C, H, W), in nats, (n,). z: indexes (n, places),
    or vectors in their place, (n, E, rows, columns)."""
    from acncodec.families.gated_levels import price as level_price
    from acncodec.learning.networks import binary_price

    vectors = net.encoder.look_up(z, config.map_size) if z.ndim == 2 else z
    if config.is_binary:
        return binary_price(net, x, vectors, levels)
    return level_price(config.head, net, x, vectors, levels)


def objective(net: FloatNetworks, source: Source, recipe: Recipe) -> Objective:
    """Likelihood and commitment, and the prior of the codes beside them."""
    from acncodec.learning.quantised import QuantisedCost

    return QuantisedCost(net, source, recipe.batch)


def finish(run: Trained) -> Fitted:
    """Nothing is fitted; the card says how many codes validation images take."""
    import torch

    from acncodec.learning.codebook import perplexity
    from acncodec.learning.fitting import Fitted
    from acncodec.learning.source import step_generator

    held = run.valid if run.valid is not None else run.train
    codes = run.encode(held, step_generator(run.seed, 0, 5)).long()
    taken = torch.bincount(codes.flatten(), minlength=run.net.config.codes)
    about = {"codes": run.net.config.codes, "valid_perplexity": round(perplexity(taken), 2)}
    return Fitted(about=about, levels=run.train.levels)


def likelihood(config: VQVAEConfig, networks: ExactNetworks[Any]) -> Likelihood:
    """What the decoder makes of images."""
    from acncodec.families.family import binary_likelihood
    from acncodec.families.mixture_likelihood import MixtureLikelihood

    if config.is_binary:
        return binary_likelihood(config, networks)
    return MixtureLikelihood(config.accepts, networks.decoder, config.head)


def codebook(networks: Any) -> Codebook:
    """That of the maps of codes."""
    found: Codebook = networks.latents
    return found


FAMILY = Family(
    name="vqvae",
    profile="int15-vqvae",
    since=5,
    config=VQVAEConfig,
    capabilities=frozenset({CODES, LIKELIHOOD}),
    presets=PRESETS,
    build=build,
    objective=objective,
    finish=finish,
    freeze=freeze,
    schema=schema,
    write=write,
    read=read,
    likelihood=likelihood,
    codebook=codebook,
)
