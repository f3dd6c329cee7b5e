"""Configs: what a kind has not is empty, and the JSON of an ACN knows nothing of kinds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from acncodec.errors import ModelError
from acncodec.families.config import UNUSED, ModelConfig


@pytest.mark.parametrize("kind", UNUSED)
def test_json_holds_what_the_kind_has_and_comes_back(kind: str) -> None:
    config = ModelConfig(kind=kind, head_filters=7, latent_dim=3)
    data = config.to_json()
    assert "kind" not in data and not set(data) & set(UNUSED[kind])
    assert ModelConfig.from_json(data, kind) == config
    for name in UNUSED[kind]:
        assert getattr(config, name) in (0, ())
        with pytest.raises(ModelError, match="unknown key"):
            ModelConfig.from_json(data | {name: 3}, kind)


def test_an_acn_can_be_made_into_any_other_kind() -> None:
    config = ModelConfig(latent_dim=5)
    assert replace(config, kind="pixelcnn") == ModelConfig(kind="pixelcnn")
    assert replace(config, kind="vae").latent_dim == 5


def test_keys_of_an_acn_are_those_of_version_1() -> None:
    assert list(ModelConfig().to_json()) == [
        "height", "width", "channels", "levels", "latent_dim", "encoder_channels",
        "encoder_strides", "prior_hidden", "prior_components", "decoder_filters",
        "decoder_blocks", "vertical_kernel", "horizontal_kernel", "input_vertical_kernel",
        "input_horizontal_kernel", "condition_channels", "condition_hidden", "head_filters",
    ]  # fmt: skip


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ModelError, match="kind"):
        ModelConfig(kind="flow")
    with pytest.raises(ModelError, match="kind"):
        ModelConfig.from_json({}, "flow")
    with pytest.raises(ModelError, match="odd"):
        ModelConfig(kind="pixelcnn", vertical_kernel=(3, 4))
    with pytest.raises(ModelError, match="encoder"):
        ModelConfig(kind="vae", encoder_strides=(2,))
