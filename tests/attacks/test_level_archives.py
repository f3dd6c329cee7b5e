"""Hostile archives and models of version 3: each is refused for its own reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from forge import Parts, take_apart
from level_sets import tiny_resnet
from reading import decoded

from acncodec.errors import AcnError, CorruptionError, FormatError, ModelError, TooLargeError
from acncodec.models.file import ModelHead
from acncodec.models.frozen import FrozenModel

GOLDEN = Path(__file__).parent.parent / "golden" / "v3"
GREY = take_apart((GOLDEN / "keep-iid-grey-labels.acn").read_bytes())
DEEP = take_apart((GOLDEN / "keep-iid-deep.acn").read_bytes())
RGB = take_apart((GOLDEN / "any-set-rgb.acn").read_bytes())
EQUAL = take_apart((GOLDEN / "any-set-equal.acn").read_bytes())
TWO = take_apart((GOLDEN / "any-set-two.acn").read_bytes())
MODELS = {1: (GREY, DEEP, EQUAL, TWO), 3: (RGB,)}

Attack = tuple[Callable[[], Parts], type[AcnError], str]

HEADERS: dict[str, Attack] = {
    "version 2": (lambda: replace(DEEP, version=2), FormatError, "uint8 or bool"),
    "a profile newer than the version": (
        lambda: replace(GREY, version=2), FormatError, "version 3, not 2",
    ),
    "version 8": (lambda: replace(GREY, version=8), FormatError, "unknown format version 8"),
    "a model that version 3 cannot carry": (
        lambda: GREY.having(f=[0]), FormatError, "unknown field 'f'",
    ),
    "no model": (lambda: replace(GREY.having(f=[]), version=4), FormatError, "at least one"),
    "a second model": (
        lambda: replace(GREY.having(f=[1]), version=4), FormatError, "does not have",
    ),
    "a model that is not there": (
        lambda: replace(GREY.having(f=[0]), version=4), FormatError, "where the model 0 should",
    ),
    "no channel": (lambda: RGB.having(s=[0, 6, 5]), FormatError, "image axis"),
    "5 channels": (lambda: RGB.having(s=[5, 6, 5]), FormatError, "number of channels"),
    "other channels than the model's": (
        lambda: RGB.having(s=[4, 6, 5]), FormatError, "not the model's",
    ),
    "no rows": (lambda: RGB.having(s=[3, 0, 5]), FormatError, "image axis"),
    "65,536 rows": (lambda: RGB.having(s=[3, 65536, 5]), FormatError, "image axis"),
    "2 equal channels": (lambda: EQUAL.having(r=2), FormatError, "1 or 3"),
    "4 equal channels": (lambda: EQUAL.having(r=4), FormatError, "equal channels"),
    "equal channels beside others": (lambda: RGB.having(r=3), FormatError, "channels come back"),
    "equal channels without an axis": (lambda: GREY.having(r=3), FormatError, "nhw"),
    "one level": (lambda: GREY.having(v=1), FormatError, "number of levels"),
    "no level": (lambda: GREY.having(v=[]), FormatError, "level values"),
    "65,537 levels": (lambda: DEEP.having(v=65537), FormatError, "number of levels"),
    "more levels than the type has": (lambda: GREY.having(v=257), FormatError, "0..255"),
    "a level beyond the type": (lambda: TWO.having(v=[7, 256]), FormatError, "0..255"),
    "levels that descend": (lambda: TWO.having(v=[200, 7]), FormatError, "ascending"),
    "levels of a bool": (lambda: TWO.having(d="bool"), FormatError, "bool images"),
    "a type that nobody knows": (lambda: DEEP.having(d="uint32"), FormatError, "dtype"),
    "a form of another size": (lambda: DEEP.having(i={"s": [7]}), FormatError, "no rows of"),
    "a form without its entries": (
        lambda: DEEP.having(i={"d": "int16", "b": 1}), FormatError, "has not all of",
    ),
    "splits without a label": (
        lambda: DEEP.having(i={"j": [9, [0, ["a", 0], ["b", 1]]]}), FormatError, "not there",
    ),
    "a level map that is a text": (lambda: DEEP.having(v="65536"), FormatError, "level values"),
    "torchac with 65,536 levels": (
        lambda: DEEP.having(c="torchac"), AcnError, "up to 256 levels",
    ),
    "fewer levels": (lambda: GREY.having(v=255), CorruptionError, "the stack"),
    "more levels": (lambda: DEEP.having(v=60000), CorruptionError, "the stack"),
    "other rows and columns": (lambda: GREY.having(s=[1, 5, 6]), CorruptionError, "the stack"),
    "larger images": (lambda: GREY.having(s=[1, 60, 50]), CorruptionError, "the stack"),
    "images of 529 million pixels": (
        lambda: GREY.having(s=[1, 23000, 23000]), TooLargeError, "pixels",
    ),
    "images that no file may hold": (
        lambda: GREY.having(s=[1, 65535, 65535]), FormatError, "take more than",
    ),
}  # fmt: skip


def model_for(parts: Parts) -> FrozenModel:
    (channels,) = [count for count, those in MODELS.items() if parts.model_id in
                   [one.model_id for one in those]]  # fmt: skip
    return FrozenModel.load(GOLDEN / f"model-{channels}.safetensors")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", HEADERS)
def test_a_hostile_archive_is_refused(name: str, tmp_path: Path) -> None:
    build, error, words = HEADERS[name]
    parts, path = build(), tmp_path / "a.acn"
    path.write_bytes(parts.to_bytes())
    with pytest.raises(error) as caught:
        decoded(path, model_for(parts))
    assert words in str(caught.value), str(caught.value)
    assert len(str(caught.value)) < 1000


def test_the_archives_are_put_together_again(tmp_path: Path) -> None:
    for parts in (GREY, DEEP, RGB, EQUAL, TWO):
        (tmp_path / "a.acn").write_bytes(parts.to_bytes())
        assert decoded(tmp_path / "a.acn", model_for(parts)).count


def changed(name: str, value: int, index: int | None = None) -> Callable[[], dict[str, Any]]:
    """The tensors of a model, all entries of one of them, or one alone, set to `value`."""

    def build() -> dict[str, Any]:
        tensors = dict(tiny_resnet(3).tensors())
        whole = tensors[name].copy()
        whole.flat[slice(None) if index is None else index] = value
        return tensors | {name: whole}

    return build


TENSORS: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "a scale of 15": (changed("decoder.scales", 15, 0), "not in 0..14"),
    "a scale of -1": (changed("decoder.scales", -1, 1), "not in 0..14"),
    "scales that rise too fast": (
        lambda: changed("decoder.scales", 0)() | {
            "decoder.scales": np.array([14, 0, 0]), "decoder.0.narrow.shift": np.array(0),
        }, "does not suit",
    ),
    "outputs lifted by 49": (changed("decoder.outputs.1.up", 49), "not in 0..48"),
    "outputs lifted out of range": (changed("decoder.outputs.1.up", 48), "out of range"),
    "a weight of 16 bits": (changed("decoder.first.weight", -32768, 0), "not in"),
    "lifts that break the bound": (changed("decoder.0.window.lift", 40), "accumulator"),
    "a bias of 2^53": (changed("decoder.outputs.0.bias", 1 << 53, 0), "accumulator"),
    "no coefficients": (
        lambda: {k: v for k, v in tiny_resnet(3).tensors().items() if "outputs.3" not in k},
        "lacks tensor decoder.outputs.3",
    ),
    "outputs of a kind that there is not": (
        lambda: dict(tiny_resnet(3).tensors())
        | {"decoder.outputs.4.up": np.zeros((), np.int64)}, "unknown tensor",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TENSORS)
def test_a_hostile_model_is_refused(name: str) -> None:
    build, words = TENSORS[name]
    model = tiny_resnet(3)
    head = ModelHead(model.family, model.config, model.name, model.card)
    with pytest.raises(ModelError, match=words):
        FrozenModel.from_tensors(head, build(), {})


@pytest.mark.parametrize(
    "sizes",
    [
        {"channels": 4}, {"width": 65536}, {"blocks": 65536}, {"hidden": 65536},
        {"first_reach": 65536}, {"columns": 65535}, {"components": 64}, {"spikes": ()},
    ],
)  # fmt: skip
def test_a_config_that_lies_about_its_tensors_is_refused(sizes: dict[str, Any]) -> None:
    model = tiny_resnet(3)
    head = ModelHead(model.family, replace(model.config, **sizes), model.name, model.card)
    with pytest.raises(ModelError, match=r"its config says|lacks tensor|unknown tensor"):
        FrozenModel.from_tensors(head, model.tensors(), {})
