"""`bench/auto_encoders.py`: models are trained, taken up again, and measured."""

from __future__ import annotations

from pathlib import Path

import auto_encoders
import msgspec
import numpy as np
import pytest
from small_models import Data
from tiny import blobs, frozen

from acncodec.analysis.probes import Labelled, Split
from acncodec.families.registry import find_preset
from acncodec.report.schema import AutoEncoder

LABELS = np.arange(90) % 3


def test_each_choice_is_a_preset_of_a_family_without_a_likelihood() -> None:
    for choice in auto_encoders.CHOICES:
        family, preset = find_preset(choice.preset)
        assert family.likelihood is None and set(choice.config) <= set(preset.config.to_json())


@pytest.mark.parametrize("kind", ["autoencoder", "aae", "style"])
def test_a_model_is_measured(kind: str) -> None:
    split = Split(Labelled(blobs(90, 1), LABELS), Labelled(blobs(60, 2), LABELS[:60]))
    row = auto_encoders.measured(frozen(1, kind).with_card(steps=3, minutes=0.1), split, 1)
    assert (row["family"], row["dimensions"], row["steps"]) == (kind, 4, 3)
    assert 0 <= row["linear_accuracy"] <= 1 and 0 <= row["knn_accuracy"] <= 1
    assert row["normality"]["points"] == 60 and 0 < row["normality"]["share"] < 1
    assert msgspec.convert(row, AutoEncoder).model == row["model"]
    share = row["squared_error"] / row["class_means_squared_error"]
    assert row["share_of_class_means"] == pytest.approx(share)


def test_a_trained_model_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto_encoders, "VALID", 30)
    data = Data("blobs", blobs(90, 1)[:, 0] * np.uint8(255), LABELS)
    choice = auto_encoders.Choice("tiny-style", "mine", {"latent_dim": 2}, {"batch": 8})
    model = auto_encoders.trained(data, tmp_path, choice, 0.01, 1)
    assert model.config.latent_dim == 2 and model.card["recipe"]["batch"] == 8
    again = auto_encoders.trained(data, tmp_path, choice, 99.0, 1)
    assert again.model_id == model.model_id
