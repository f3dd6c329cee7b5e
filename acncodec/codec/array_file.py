"""The .npz of an archive's arrays, written as they are decoded."""

from __future__ import annotations

from typing import BinaryIO

from acncodec.codec.contents import Decoding, MixedDecoding
from acncodec.images import save_in_parts
from acncodec.images.formats.npz import save_list_in_parts
from acncodec.images.image_class import one_shape


def save_arrays_in_parts(file: BinaryIO, found: Decoding | MixedDecoding) -> None:
    """Write all arrays, the images of each shard when it is decoded."""
    count = found.header.count
    if isinstance(found, Decoding):
        uniform = found.header.spec
        save_in_parts(file, uniform, found.side, count, map(uniform.to_array, found.parts))
        return
    spec = found.header.spec
    if one_shape(found.classes):
        arrays = (spec.array(part) for part in found.parts if len(part))
        save_in_parts(file, spec, found.side, count, arrays)
    else:
        images = (image for part in found.parts for image in spec.arrays(part))
        save_list_in_parts(file, spec, found.side, count, images)
