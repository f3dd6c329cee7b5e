from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from level_sets import KINDS, level_array, tiny_resnet
from reading import opened
from shares import whole_file

from acncodec.codec.single_array import save_images, write_images
from acncodec.images.recognised import recognise
from acncodec.run.settings import Run


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("kind", ["grey", "rgb", "deep", "two", "equal", "rgba"])
def test_types_axes_and_values_come_back_as_numpy_saves_them(
    kind: str, order: str, tmp_path: Path
) -> None:
    """Stored or modelled, in one shard or several."""
    array = level_array(kind, 10, 1)
    last = "nhw" if array.ndim == 3 else "nhwc"
    forms = [
        (array, last), (array.astype(np.float32), last),
        (array.astype(array.dtype.newbyteorder(">")), last),
    ]  # fmt: skip
    if array.ndim == 4:
        forms.append((np.ascontiguousarray(np.moveaxis(array, 3, 1)), "nchw"))
    for number, (given, layout) in enumerate(forms):
        data = recognise({"x": given}, layout=layout)
        models = [tiny_resnet(KINDS[kind])] if KINDS[kind] in (1, 3) else []
        path = tmp_path / f"{number}.acn"
        whole_file(path, data, models, order=order, shard_size=4)
        found, wanted = io.BytesIO(), io.BytesIO()
        with opened(path, models, Run(1)) as archive:
            contents = write_images(archive, found)
            back = archive.read()
        assert contents.images == 10
        loaded = np.load(io.BytesIO(found.getvalue()))
        assert loaded.dtype.str == given.dtype.str and loaded.shape == given.shape
        if order == "keep":
            np.save(wanted, given)
            assert found.getvalue() == wanted.getvalue()
        else:
            assert sorted(map(bytes, loaded)) == sorted(map(bytes, given))
        at_once = io.BytesIO()
        save_images(at_once, back)
        assert at_once.getvalue() == found.getvalue()
