"""What every family must show. A test class inherits `FamilyContract` and says which family."""

from __future__ import annotations

import copy
import io
import json
import pickle
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from reading import decoded
from tiny import blobs

from acncodec.arithmetic.tensors import Axis, TensorSpec, check_tensors
from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.errors import ModelError
from acncodec.families.family import CLASSES, CODES, LIKELIHOOD, NEIGHBOUR_PRIOR, Family
from acncodec.families.registry import find_family, presets
from acncodec.images import DataSet, ImageSpec
from acncodec.learning.source import ImageSource
from acncodec.models.build import float_networks
from acncodec.models.file import ModelHead, read_head, read_id
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products
from acncodec.training.finish import finish
from acncodec.training.loop import Trainer
from acncodec.training.progress import Budget

SIZE = 8


def binary(count: int, seed: int) -> DataSet:
    """Images of blobs, 0 and 1."""
    pixels = blobs(count, seed, SIZE)
    return DataSet(pixels, ImageSpec("x", "uint8", "nhw", (0, 1)), (), pixels.nbytes)


def written(data: DataSet, model: FrozenModel, path: Path, **options: Any) -> bytes:
    """The archive of `data`, at `path` too."""
    file = io.BytesIO()
    compress_dataset(data, model, CompressOptions(**options), file)
    path.write_bytes(file.getvalue())
    return file.getvalue()


class ModelContract:
    """What holds of models that code nothing, too. Inherit, and set `family`, the name of one of
    its presets that trains within a second, and the model ids of files that were once written (none
    of which may ever change)."""

    family: ClassVar[Family]
    preset: ClassVar[str]
    ids: ClassVar[dict[Path, str]] = {}

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> FrozenModel:
        """A model that was trained for a few steps and frozen."""
        (chosen,) = [preset for preset in cls.family.presets if preset.name == cls.preset]
        recipe = replace(chosen.recipe, batch=16, refresh_steps=4, tune_steps=5)
        images = blobs(120, 1, SIZE)[:, 0]
        labels = np.arange(120) % 3
        train, valid = (
            ImageSource(images[rows], labels=labels[rows]) for rows in (slice(90), slice(90, None))
        )
        trainer = Trainer(
            cls.family, chosen.config.for_images(train.shape), recipe, train, valid, 3
        )
        trainer.run(Budget(8), None, lambda _: None)
        return finish(trainer, "contract", cls.preset, {"file": "blobs"})

    def head(self, model: FrozenModel) -> ModelHead:
        return ModelHead(model.family, model.config, model.name, model.card)

    def schema(self, model: FrozenModel) -> Iterator[TensorSpec]:
        return self.family.schema(model.config)

    def test_it_is_registered(self) -> None:
        assert find_family(name=self.family.name) is self.family
        assert find_family(profile=self.family.profile) is self.family
        assert presets()[self.preset][0] is self.family

    def test_configs_come_back_from_json(self) -> None:
        for preset in self.family.presets:
            data = json.loads(json.dumps(preset.config.to_json()))
            back = self.family.config.from_json(data)
            assert back == preset.config and type(back) is self.family.config
            assert list(data) == [field.name for field in fields(back)]

    def test_a_config_has_defaults_and_nothing_beside_its_fields(self) -> None:
        assert self.family.config.from_json({}) == self.family.config()
        with pytest.raises(ModelError, match="unknown key 'foreign'"):
            self.family.config.from_json({"foreign": 1})
        with pytest.raises(TypeError):
            self.family.config(foreign=1)  # type: ignore[call-arg]

    def test_a_config_refuses_what_is_no_size(self) -> None:
        for field in fields(self.family.config):
            for value in (0, -1, 65537, 1.0, True, "8", None, [0], [1.5], [[1]]):
                with pytest.raises(ModelError):
                    self.family.config.from_json({field.name: value})

    def test_capabilities_are_what_its_models_have(self, model: FrozenModel) -> None:
        assert model.can(LIKELIHOOD) == (self.family.likelihood is not None)
        assert model.can(LIKELIHOOD) or self.family.renderer is not None
        assert model.can(CLASSES) == (model.config.classes > 0)
        assert model.can(CODES) == (model.encoder is not None) == (model.config.latent_dim > 0)
        assert model.can(NEIGHBOUR_PRIOR) == (model.prior is not None)
        assert model.can(CODES) or not model.can(NEIGHBOUR_PRIOR)
        codes = float_networks(model).encode(torch.zeros(2, 1, SIZE, SIZE), 2)
        assert codes.shape == (2, model.config.latent_dim)

    def test_the_schema_says_which_tensors_there_are(self, model: FrozenModel) -> None:
        tensors, lengths = model.tensors(), {}
        specs = {spec.name: spec for spec in self.schema(model)}
        assert len(specs) == len(list(self.schema(model)))
        assert set(specs) == set(tensors)
        for name, spec in specs.items():
            value = tensors[name]
            shape = [
                lengths.setdefault(axis.name, length) if isinstance(axis, Axis) else axis
                for axis, length in zip(spec.shape, value.shape, strict=True)
            ]
            assert (value.dtype.name, list(value.shape)) == (spec.dtype, shape)
            assert spec.low is None or value.min() >= spec.low
            assert spec.high is None or value.max() <= spec.high

    def test_every_tensor_must_be_as_the_schema_says(self, model: FrozenModel) -> None:
        tensors = model.tensors()
        check_tensors(self.schema(model), tensors)
        with pytest.raises(ModelError, match="unknown tensor more"):
            check_tensors(self.schema(model), tensors | {"more": np.zeros(1)})
        for spec in self.schema(model):
            whole = tensors[spec.name]
            wrong = [whole.astype(np.float32), whole[None], np.repeat(whole[None], 2, 0)]
            if whole.ndim and not any(isinstance(axis, Axis) for axis in spec.shape):
                wrong += [whole[1:], np.concatenate([whole, whole])]
            for limit, step in ((spec.low, -1), (spec.high, 1)):
                room = np.iinfo(whole.dtype)
                if limit is not None and room.min <= limit + step <= room.max:
                    beyond = whole.copy()
                    beyond.flat[-1] = limit + step
                    wrong.append(beyond)
            rest = {name: value for name, value in tensors.items() if name != spec.name}
            for changed in (rest, *(rest | {spec.name: value} for value in wrong)):
                with pytest.raises(ModelError):
                    check_tensors(self.schema(model), changed)

    def test_a_model_is_read_from_its_tensors(self, model: FrozenModel) -> None:
        back = FrozenModel.from_tensors(self.head(model), model.tensors(), model.floats)
        assert back.model_id == model.model_id
        assert (back.macs_per_image, back.integer_bytes) == (
            model.macs_per_image, model.integer_bytes,
        )  # fmt: skip
        check_products(back)

    def test_one_number_makes_another_model(self, model: FrozenModel) -> None:
        tensors = model.tensors()
        name = next(name for name in tensors if name.endswith(".bias"))
        changed = tensors | {name: tensors[name] + 1}
        other = FrozenModel.from_tensors(self.head(model), changed, model.floats)
        assert other.model_id != model.model_id
        assert model.with_card(more=1).model_id == model.model_id

    def test_a_file_comes_back(self, model: FrozenModel, tmp_path: Path) -> None:
        path = tmp_path / "model.safetensors"
        path.write_bytes(model.to_bytes())
        back = FrozenModel.load(path)
        assert (back.model_id, back.family, back.config, back.name, back.card) == (
            model.model_id, self.family, model.config, model.name, model.card,
        )  # fmt: skip
        assert {key: value.tobytes() for key, value in back.floats.items()} == {
            key: value.tobytes() for key, value in model.floats.items()
        }
        assert back.parameters == model.parameters > 0
        assert read_head(path) == self.head(model)
        assert read_id(path) == (self.head(model), model.model_id)

    def test_a_model_is_saved_to_the_same_bytes(self, model: FrozenModel, tmp_path: Path) -> None:
        path = tmp_path / "model.safetensors"
        path.write_bytes(model.to_bytes())
        assert {FrozenModel.load(path).to_bytes() for _ in range(8)} == {model.to_bytes()}

    def test_the_ids_of_files_stay(self) -> None:
        for path, model_id in self.ids.items():
            assert FrozenModel.load(path).model_id.hex() == model_id, path
            head, found = read_id(path)
            assert (head.family, found.hex()) == (self.family, model_id)

    def test_integer_networks_are_close_to_the_float_ones(self, model: FrozenModel) -> None:
        net, pixels = float_networks(model), blobs(30, 5, SIZE)
        x = torch.from_numpy(pixels).float()
        with torch.no_grad():
            codes = net.encode(x, 2)
            z = (codes * 8).round()
            logits = net.decoder(x, z / 8).flatten(1).numpy()
        if model.encoder is not None:
            assert np.abs(model.encoder.codes(pixels) / 8 - codes.numpy()).max() < 0.5 / 8 + 0.02
        exact = model.decoder.score(z.numpy().astype(np.int64), pixels) / 1024
        assert np.abs(exact - logits).max() < 0.02


class FamilyContract(ModelContract):
    """The same, of a family with a likelihood."""

    @pytest.mark.parametrize("order", ["keep", "any"])
    def test_what_is_compressed_comes_back(
        self, model: FrozenModel, tmp_path: Path, order: str
    ) -> None:
        data, path = binary(60, 7), tmp_path / "a.acn"
        one = written(data, model, path, order=order, threads=1, batch=7)
        assert same_data(data, decoded(path, model, threads=2, batch=64), order)
        assert one == written(data, model, path, order=order, threads=2, batch=64)

    def test_a_used_model_is_copied(self, model: FrozenModel, tmp_path: Path) -> None:
        data, path = binary(30, 9), tmp_path / "a.acn"
        archive = written(data, model, path)
        for twin in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):  # noqa: S301
            assert (twin.model_id, twin.family) == (model.model_id, self.family)
            assert written(data, twin, path) == archive
