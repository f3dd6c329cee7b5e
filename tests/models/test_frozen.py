"""Model files: round trip, identity, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from acncodec.errors import ModelError
from acncodec.models.frozen import FrozenModel


def write(model: FrozenModel, folder: Path) -> Path:
    path = folder / "model.safetensors"
    path.write_bytes(model.to_bytes())
    return path


def rewritten(model: FrozenModel, folder: Path, **changes: np.ndarray) -> Path:
    path = write(model, folder)
    tensors = load_file(path)
    head = {"config": model.config.to_json(), "name": "x", "card": {}}
    for name, value in changes.items():
        tensors[name.replace("__", ".")] = value
    save_file(tensors, path, {"acncodec": json.dumps(head), "profile": "int15"})
    return path


def test_a_model_comes_back_with_its_id_card_and_floats(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    back = FrozenModel.load(write(tiny_model, tmp_path))
    assert back.model_id == tiny_model.model_id and len(back.model_id) == 32
    assert (back.name, back.card, back.config) == (
        tiny_model.name, tiny_model.card, tiny_model.config,
    )  # fmt: skip
    assert {k: v.tobytes() for k, v in back.floats.items()} == {
        k: v.tobytes() for k, v in tiny_model.floats.items()
    }
    assert back.macs_per_image == tiny_model.macs_per_image > 0


def test_the_id_is_over_what_decides_the_bits_alone(tiny_model: FrozenModel) -> None:
    assert tiny_model.with_card(note="new").model_id == tiny_model.model_id


def test_one_changed_weight_changes_the_id(tiny_model: FrozenModel, tmp_path: Path) -> None:
    weight = tiny_model.decoder.head.weight.copy()
    weight[0, 0] += 1
    path = rewritten(tiny_model, tmp_path, decoder__head__weight=weight)
    assert FrozenModel.load(path).model_id != tiny_model.model_id


def test_a_model_whose_accumulator_could_overflow_is_refused(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    lift = np.full_like(tiny_model.decoder.head.lift, 30)
    with pytest.raises(ModelError, match="accumulator"):
        FrozenModel.load(rewritten(tiny_model, tmp_path, decoder__head__lift=lift))


def test_missing_unknown_and_misshapen_tensors_are_refused(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="unknown tensor"):
        FrozenModel.load(rewritten(tiny_model, tmp_path, more=np.zeros(1)))
    with pytest.raises(ModelError, match="shape"):
        FrozenModel.load(
            rewritten(tiny_model, tmp_path, decoder__head__weight=np.zeros((2, 2), np.int16))
        )
    with pytest.raises(ModelError, match="lacks"):
        FrozenModel.load(
            rewritten(tiny_model, tmp_path, decoder__head__weight=np.zeros((2, 2), np.int32))
        )


@pytest.mark.parametrize(
    ("tensor", "value", "words"),
    [
        ("prior__reach", 70, "ranges"),
        ("prior__code_lift", 14, "codes"),
        ("decoder__conditioner__latent_lift", 14, "latents"),
        ("decoder__0__residual__shift", 0, "residual"),
    ],
)
def test_ranges_that_break_the_bounds_are_refused(
    tiny_model: FrozenModel, tmp_path: Path, tensor: str, value: int, words: str
) -> None:
    changes = {tensor: np.array(value, np.int64)}
    if words == "residual":
        scales = np.array(tiny_model.decoder.horizontal_scales, np.int64)
        scales[1] = 0
        changes["decoder__horizontal_scales"] = scales
    with pytest.raises(ModelError, match=words):
        FrozenModel.load(rewritten(tiny_model, tmp_path, **changes))


def test_a_residual_lift_that_leaves_64_bits_is_refused(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    scales = np.array(tiny_model.decoder.horizontal_scales, np.int64)
    scales[:2] = 0, 14
    changes = {
        "decoder__horizontal_scales": scales,
        "decoder__0__residual__shift": np.array(40, np.int64),
    }
    with pytest.raises(ModelError, match="residual"):
        FrozenModel.load(rewritten(tiny_model, tmp_path, **changes))


def test_a_mixture_whose_distances_could_overflow_is_refused(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    coefficients = tiny_model.mixture.coefficients.copy()
    inverses = tiny_model.mixture.inverses.copy()
    coefficients[0, -1] = inverses[0, -1] = (1 << 30) - 1
    changes = {"mixture__coefficients": coefficients, "mixture__inverses": inverses}
    with pytest.raises(ModelError, match="overflow"):
        FrozenModel.load(rewritten(tiny_model, tmp_path, **changes))


def test_files_that_are_no_model_are_refused(tmp_path: Path) -> None:
    junk = tmp_path / "junk"
    for content in (b"", b"hello", b"\xff" * 100):
        junk.write_bytes(content)
        with pytest.raises(ModelError):
            FrozenModel.load(junk)
    save_file({"a": np.zeros(1)}, junk)
    with pytest.raises(ModelError):
        FrozenModel.load(junk)
    with pytest.raises(ModelError):
        FrozenModel.load(tmp_path / "absent")
