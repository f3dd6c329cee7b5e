"""Configs: each has what its family has, refuses the rest, and keeps the JSON of version 1."""

from __future__ import annotations

import pytest

from acncodec.errors import ModelError
from acncodec.families.acn import ACNConfig
from acncodec.families.causal_resnet import ResNetConfig
from acncodec.families.config import ModelConfig
from acncodec.families.pixelcnn import PixelCNNConfig
from acncodec.families.pixelvae import PixelVAEConfig
from acncodec.families.vae import VAEConfig

CONFIGS = (PixelCNNConfig, VAEConfig, PixelVAEConfig)


@pytest.mark.parametrize("config", CONFIGS)
def test_sizes_of_networks_that_a_family_lacks_are_refused(config: type[ModelConfig]) -> None:
    lacking = set(ACNConfig().to_json()) - set(config().to_json())
    assert "prior_hidden" in lacking
    for name in lacking:
        with pytest.raises(ModelError, match=f"unknown key '{name}'"):
            config.from_json({name: 3})
        with pytest.raises(TypeError):
            config(**{name: 3})


@pytest.mark.parametrize("config", CONFIGS)
def test_what_families_share_has_the_same_defaults(config: type[ModelConfig]) -> None:
    acn = ACNConfig().to_json()
    assert all(acn[key] == value for key, value in config().to_json().items())


def test_keys_of_an_acn_are_those_of_version_1() -> None:
    assert list(ACNConfig().to_json()) == [
        "height", "width", "channels", "levels", "latent_dim", "encoder_channels",
        "encoder_strides", "prior_hidden", "prior_components", "decoder_filters",
        "decoder_blocks", "vertical_kernel", "horizontal_kernel", "input_vertical_kernel",
        "input_horizontal_kernel", "condition_channels", "condition_hidden", "head_filters",
    ]  # fmt: skip


def test_without_latents_codes_have_no_dimensions() -> None:
    assert PixelCNNConfig().latent_dim == 0 and VAEConfig(latent_dim=5).latent_dim == 5


def test_another_size_changes_nothing_else() -> None:
    config = VAEConfig(latent_dim=5).sized(9, 7)
    assert config.image_shape == (1, 9, 7)
    assert config == VAEConfig(height=9, width=7, latent_dim=5)


def test_what_makes_no_sense_is_refused() -> None:
    for config in (ACNConfig, *CONFIGS):
        with pytest.raises(ModelError, match="only binary"):
            config(levels=256)
        with pytest.raises(ModelError, match="only binary"):
            config(channels=3)
    with pytest.raises(ModelError, match="odd"):
        PixelCNNConfig(vertical_kernel=(3, 4))
    with pytest.raises(ModelError, match="odd"):
        PixelVAEConfig(input_vertical_kernel=(3, 4))
    with pytest.raises(ModelError, match=r"rows, columns"):
        ACNConfig(vertical_kernel=(3,))
    with pytest.raises(ModelError, match="encoder"):
        VAEConfig(encoder_strides=(2,))
    with pytest.raises(ModelError, match="encoder"):
        VAEConfig(encoder_channels=(), encoder_strides=())


def test_a_model_of_any_size_says_so() -> None:
    accepts = ResNetConfig(channels=4).accepts
    assert (accepts.channels, accepts.size, accepts.levels) == (4, None, None)
    assert accepts.takes((4, 1, 70_000), 65536) and not accepts.takes((3, 8, 8), 256)
    assert not ACNConfig().accepts.takes((1, 28, 29), 2)
    assert ResNetConfig().for_images((2, 9, 7)) == ResNetConfig(channels=2)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"channels": 5}, "1 to 4 channels"),
        ({"columns": 4}, "odd"),
        ({"components": 65}, "1 to 64 components"),
        ({"spikes": ["w", "w"]}, "repeated spikes"),
        ({"spikes": ["se"]}, "unknown"),
        ({"spikes": [1]}, "a list of names"),
        ({"spikes": "w"}, "a list of names"),
        ({"spikes": {"w": 1}}, "a list of names"),
        ({"levels": 256}, "unknown key 'levels'"),
    ],
)
def test_sizes_of_which_there_is_no_any_size_decoder_are_refused(
    data: dict[str, object], reason: str
) -> None:
    with pytest.raises(ModelError, match=reason):
        ResNetConfig.from_json(data)
    assert ResNetConfig.from_json({"spikes": []}).head.spikes == ()
