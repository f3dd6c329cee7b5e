"""The second reader reads what parts were joined to: it is an archive like any other."""

from __future__ import annotations

from pathlib import Path

import mixed_sets
import numpy as np
import pytest
from mixed_files import golden_model
from second_reader import read
from shares import joined_file, part_files

from acncodec.images import load_dataset
from acncodec.models.frozen import FrozenModel

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden" / "v1"
TABLES = ROOT / "acncodec" / "arithmetic" / "tables.safetensors"


@pytest.mark.parametrize(
    ("order", "ordering"), [("keep", "tour"), ("keep", "iid"), ("any", "set"), ("any", "urn")]
)
def test_it_reads_joined_parts(order: str, ordering: str, tmp_path: Path) -> None:
    path = GOLDEN / "model.safetensors"
    data = load_dataset(GOLDEN / "arrays.npz")
    own = {"order": order, "ordering": ordering}
    parts = part_files(tmp_path, data, [FrozenModel.load(path)], 3, stored="never", **own)
    joined_file(tmp_path / "j.acn", parts[::-1])
    given, wanted = read(tmp_path / "j.acn", path, TABLES), data.arrays()
    assert list(given) == list(wanted)
    if order == "keep":
        for name, array in wanted.items():
            assert given[name].dtype == array.dtype
            np.testing.assert_array_equal(given[name], array)
    else:
        pairs = [
            sorted(zip(map(bytes, one["x"]), one["y"].tolist(), strict=True))
            for one in (given, wanted)
        ]
        assert pairs[0] == pairs[1]


@pytest.mark.parametrize("order", ["keep", "any"])
def test_it_reads_joined_parts_of_several_shapes_and_models(order: str, tmp_path: Path) -> None:
    data, paths = mixed_sets.mixed_set(), [golden_model(1), golden_model(3)]
    models = [FrozenModel.load(path) for path in paths]
    parts = part_files(tmp_path, data, models, 4, order=order)
    joined_file(tmp_path / "j.acn", parts)
    given, wanted = read(tmp_path / "j.acn", paths, TABLES), data.named()
    assert list(given) == list(wanted)
    pairs = [zip(one["x"], one["y"].tolist(), strict=True) for one in (given, wanted)]
    found, expected = ([(x.shape, x.tobytes(), y) for x, y in pair] for pair in pairs)
    assert (found if order == "keep" else sorted(found)) == (
        expected if order == "keep" else sorted(expected)
    )
