"""`import acncodec`: what it gives, what it costs, and that its examples hold."""

from __future__ import annotations

import doctest
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from level_sets import level_array, tiny_resnet
from tiny import blobs

import acncodec
from acncodec.container import read_header
from acncodec.errors import DataError, ModelError, TooLargeError, TrainingError
from acncodec.face import coding
from acncodec.models.frozen import FrozenModel

HEAVY = ("torch", "numba", "scipy", "sklearn", "numpy")
WORK = ("compress", "decompress", "load_model", "open", "train")


def test_these_are_its_names() -> None:
    assert acncodec.__all__ == ["AcnError", *WORK]
    assert set(acncodec.__all__) <= set(dir(acncodec))
    with pytest.raises(AttributeError, match="no attribute 'compres'"):
        acncodec.compres  # noqa: B018


def test_to_import_it_loads_nothing_heavy() -> None:
    code = f"import sys, acncodec; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_to_read_and_write_it_loads_no_torch() -> None:
    code = (
        "import sys, acncodec, numpy as np\n"
        "images = np.zeros((3, 28, 28), np.uint8)\n"
        "assert (acncodec.decompress(acncodec.compress(images)) == images).all()\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )  # fmt: skip
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("name", WORK)
def test_every_example_holds(name: str) -> None:
    (found,) = doctest.DocTestFinder(recurse=False).find(getattr(acncodec, name), name, globs={})
    assert found.examples
    heard: list[str] = []
    assert doctest.DocTestRunner().run(found, out=heard.append).failed == 0, "".join(heard)


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("dtype", [np.uint8, np.bool_, np.uint16])
def test_an_array_comes_back_as_it_was(
    tiny_model: FrozenModel, order: str, dtype: type[np.generic]
) -> None:
    images = blobs(12, 3)[:, 0].astype(dtype)
    data = acncodec.compress(images, order=order, model=tiny_model, threads=1)  # type: ignore[arg-type]
    back = acncodec.decompress(data, model=tiny_model, threads=1)
    assert isinstance(back, np.ndarray) and back.dtype == images.dtype
    keys = [sorted(map(bytes, found)) for found in (back, images)]
    assert keys[0] == keys[1] and (order == "any" or np.array_equal(back, images))


def test_a_list_of_one_shape_comes_back_as_an_array(tiny_model: FrozenModel) -> None:
    images = list(blobs(5, 3)[:, 0])
    back = acncodec.decompress(acncodec.compress(images, model=tiny_model), model=tiny_model)
    assert isinstance(back, np.ndarray) and np.array_equal(back, np.stack(images))


def test_the_model_may_be_a_file(tiny_model: FrozenModel, tmp_path: Path) -> None:
    path, images = tmp_path / "own.safetensors", blobs(5, 3)[:, 0]
    path.write_bytes(tiny_model.to_bytes())
    assert acncodec.load_model(path).model_id == tiny_model.model_id
    data = acncodec.compress(images, model=path)
    assert data == acncodec.compress(images, model=tiny_model)
    assert np.array_equal(acncodec.decompress(data, model=str(path)), images)
    with pytest.raises(ModelError, match="which is not bundled"):
        acncodec.decompress(data)
    with acncodec.open(io.BytesIO(data), model=path) as archive:
        assert np.array_equal(archive[2], images[2])


def candidates(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The archives of which `compress` keeps the smallest, as they are made."""
    made: list[bytes] = []
    pack = coding._packed

    def packed(*given: Any) -> bytes:
        made.append(pack(*given))
        return made[-1]

    monkeypatch.setattr(coding, "_packed", packed)
    return made


def test_a_model_for_the_very_images_goes_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    images = (rng.integers(0, 2, (40, 8, 8)) * 37).astype(np.uint8) + np.uint8(90)
    packed = candidates(monkeypatch)
    data = acncodec.compress(images, fit_minutes=0.001)
    assert np.array_equal(acncodec.decompress(data), images)
    assert len(packed) == 2 and data == min(packed, key=len)
    assert np.array_equal(acncodec.decompress(packed[1]), images)
    assert read_header(io.BytesIO(packed[1])).header.embedded == (0,)


def test_what_is_no_set_of_images_is_refused() -> None:
    for images in ([], np.zeros((3, 4), np.complex64), {"y": np.zeros(3)}):
        with pytest.raises(DataError):
            acncodec.compress(images)
    several = [level_array("grey", 1, 1)[0], np.zeros((3, 3), np.uint8)]
    with pytest.raises(DataError, match="of one shape"):
        acncodec.train(several)


def several_shapes() -> list[np.ndarray]:
    """Grey and colour images of several sizes, one of them twice."""
    sizes = (("grey", 5, 7), ("rgb", 6, 4), ("grey", 5, 7), ("grey", 3, 3), ("rgba", 2, 9))
    found = [level_array(kind, 2, 3, height, width)[1] for kind, height, width in sizes]
    return [*found, found[3]]


def keys(images: list[np.ndarray]) -> list[tuple[object, ...]]:
    return [(one.shape, one.dtype.str, one.tobytes()) for one in images]


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("model", [None, tiny_resnet(1)])
def test_a_list_of_several_shapes_comes_back_as_a_list(
    order: str, model: FrozenModel | None
) -> None:
    images = several_shapes()
    data = acncodec.compress(images, order=order, model=model)  # type: ignore[arg-type]
    back = acncodec.decompress(data, model=model)
    assert isinstance(back, list)
    assert sorted(keys(back)) == sorted(keys(images))
    assert order == "any" or keys(back) == keys(images)
    with acncodec.open(io.BytesIO(data), model=model) as archive:
        assert keys(list(archive)) == keys(back) and keys(archive[1:3]) == keys(back[1:3])


@pytest.mark.parametrize("order", ["keep", "any"])
def test_a_list_among_named_arrays_comes_back_with_them(order: str) -> None:
    images, labels = several_shapes(), np.arange(6)
    given = {"labels": labels, "pictures": images, "about": np.array(["a", "b"])}
    data = acncodec.compress(given, order=order)  # type: ignore[arg-type]
    with acncodec.open(io.BytesIO(data)) as archive:
        found = archive.arrays
    assert list(found) == list(given) and found["about"].tolist() == ["a", "b"]
    rows = found["labels"].tolist()
    assert sorted(rows) == labels.tolist()
    assert keys(found["pictures"]) == keys([images[row] for row in rows])
    again = acncodec.compress(found, order=order)  # type: ignore[arg-type]
    assert again == data


@pytest.mark.parametrize("minutes", [0, -1, 1e308, float("nan"), float("inf")])
def test_what_is_no_time_to_fit_for_is_refused(minutes: float) -> None:
    with pytest.raises(TrainingError, match=r"fit_minutes is .*: it must be above 0"):
        acncodec.compress(several_shapes(), fit_minutes=minutes)


def test_nothing_is_fitted_to_no_images() -> None:
    none = np.zeros((0, 28, 28), np.uint8)
    assert acncodec.compress(none, fit_minutes=1) == acncodec.compress(none)


def test_a_model_for_images_of_several_shapes_goes_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    images, packed = several_shapes(), candidates(monkeypatch)
    data = acncodec.compress(images, fit_minutes=0.0001)
    assert len(packed) == 2 and data == min(packed, key=len)
    for one in packed:
        back = acncodec.decompress(one)
        assert isinstance(back, list) and keys(back) == keys(images)


def test_what_asks_for_too_much_is_refused_unless_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.arange(60, dtype=np.uint8).reshape(2, 5, 6)
    data = acncodec.compress(images)
    monkeypatch.setattr("acncodec.codec.demand.MAX_PIXELS", 29)
    with pytest.raises(TooLargeError, match="an image of 30 pixels"):
        acncodec.decompress(data)
    back = acncodec.decompress(data, allow_large=True)
    assert np.array_equal(np.array(back), images)
