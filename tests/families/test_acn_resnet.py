"""Numbers that no training gives: models of any size with latents are exact, or are refused."""

from __future__ import annotations

import contextlib
import io
from dataclasses import replace
from pathlib import Path

import pytest
from level_sets import level_set, tiny_acn
from reading import decoded
from tiny import with_tensor

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.engines.choice import VARIABLE
from acncodec.errors import CoderError, ModelError
from acncodec.families.acn_resnet import ACNResNetConfig
from acncodec.families.causal_resnet import ResNetConfig


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("encoder.average_lift", 14), ("encoder.average_lift", 0), ("encoder.out.shift", 0),
        ("encoder.0.weight", 16383), ("encoder.1.shift", 40), ("decoder.latent_lift", 0),
        ("decoder.0.condition.weight", -16383), ("decoder.1.condition.shift", 0),
    ],
)  # fmt: skip
def test_extreme_numbers_code_exactly_or_not_at_all(
    name: str, value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, data, files = with_tensor(tiny_acn(3), name, value), level_set("rgb", 20, 1), []
    for engine in ("float64", "auto"):
        monkeypatch.setenv(VARIABLE, engine)
        file = io.BytesIO()
        with contextlib.suppress(CoderError):  # pixels that cost too little to carry latents
            compress_dataset(data, model, CompressOptions("any", "tour", "greedy"), file)
        files.append(file.getvalue())
    assert files[0] == files[1]
    if files[0]:
        (tmp_path / "a.acn").write_bytes(files[0])
        assert same_data(data, decoded(tmp_path / "a.acn", model), "any")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("encoder.average_lift", 15, "not in 0..14"), ("decoder.latent_lift", 14, "lifted latents"),
        ("encoder.out.bias", 1 << 53, "accumulator"), ("prior.code_lift", 14, "lifted codes"),
        ("decoder.0.condition.bias", 1 << 53, "accumulator"), ("prior.reach", 1, "do not fit"),
    ],
)  # fmt: skip
def test_numbers_that_could_leave_their_range_are_refused(
    name: str, value: int, words: str
) -> None:
    with pytest.raises(ModelError, match=words):
        with_tensor(tiny_acn(3), name, value)


def test_decoder_and_encoder_are_of_one_config() -> None:
    config = ACNResNetConfig(2, latent_dim=7)
    assert config.network.latent_dim == 7 and config.for_images((4, 9, 9)).channels == 4
    assert ResNetConfig(2).network == replace(config.network, latent_dim=0)
    with pytest.raises(ModelError, match="differ in length"):
        ACNResNetConfig(encoder_strides=(1,))
