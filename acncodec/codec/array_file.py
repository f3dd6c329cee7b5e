"""The .npz of an archive's arrays, written as they are decoded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from numpy.typing import NDArray

from acncodec.codec.contents import Decoding, MixedDecoding
from acncodec.images import save_in_parts
from acncodec.images.formats.npz import save_list_in_parts
from acncodec.images.image_class import one_shape


def save_arrays_in_parts(file: BinaryIO, found: Decoding | MixedDecoding) -> None:
    """Write all arrays, the images of each shard when it is decoded."""
    count, spec = found.header.count, found.header.spec
    if is_list(found):
        save_list_in_parts(file, spec, found.side, count, image_list(found))
    else:
        save_in_parts(file, spec, found.side, count, image_arrays(found))


def is_list(found: Decoding | MixedDecoding) -> bool:
    """Whether images differ in shape, so that they are no single array."""
    return isinstance(found, MixedDecoding) and not one_shape(found.classes)


def image_arrays(found: Decoding | MixedDecoding) -> Iterator[NDArray[Any]]:
    """The rows of the array of images, shard by shard; they have one shape."""
    if isinstance(found, Decoding):
        yield from map(found.header.spec.to_array, found.parts)
        return
    for part in found.parts:
        if len(part):
            yield found.header.spec.array(part)


def image_list(found: Decoding | MixedDecoding) -> Iterator[NDArray[Any]]:
    """Each image as it was given, by itself."""
    if isinstance(found, Decoding):
        for pixels in found.parts:
            yield from found.header.spec.to_array(pixels)
        return
    for part in found.parts:
        yield from found.header.spec.arrays(part)
