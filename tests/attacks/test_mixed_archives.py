"""Hostile archives of mixed sets: each is refused for its own reason."""

from __future__ import annotations

import bz2
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from acn_files import AcnFile
from forge import Parts, take_apart
from mixed_forge import (
    ARRANGEMENT,
    GOLDEN,
    KEEP,
    SHAPES,
    STACK,
    STORED,
    STORED_IMAGES,
    one_modelled,
    one_stored,
)
from reading import decoded

from acncodec.codec.compare import same_data
from acncodec.errors import AcnError, CorruptionError, FormatError, ModelError, TooLargeError
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import Run

ANY = take_apart((GOLDEN / "any-set-mixed.acn").read_bytes())
MODELS = [FrozenModel.load(GOLDEN / f"model-{channels}.safetensors") for channels in (1, 3)]

Attack = tuple[Callable[[], Parts], type[AcnError], str]


def shard_of(parts: Parts) -> dict[str, Any]:
    found: dict[str, Any] = parts.fields["h"][0]
    return found


def part(parts: Parts, index: int, **fields: Any) -> Parts:
    """With some fields of a part changed; None takes one away."""
    listed = [dict(one) for one in shard_of(parts)["g"]]
    changed = listed[index] | fields
    listed[index] = {key: value for key, value in changed.items() if value is not None}
    return parts.having_shard(0, g=listed)


def moved(parts: Parts) -> Parts:
    """An image less in one class of the stored ones, and one more in the next."""
    counts = [list(pair) for pair in shard_of(parts)["x"]]
    counts[0][1] += 1
    counts[1][1] -= 1
    return parts.having_shard(0, x=[pair for pair in counts if pair[1]])


def flipped(parts: Parts, kind: int, place: int) -> Parts:
    payload = bytearray(parts.payload(kind))
    payload[place] ^= 1
    return parts.having_payload(bytes(payload), kind)


def stored_twice() -> Parts:
    """The same image stored twice."""
    return one_stored([256, 1, 2, 2], 2, bytes([0, 1]) + b"abcdabcd")


def stored_out_of_order() -> Parts:
    found = one_stored([256, 1, 2, 2], 2, bytes([0, 1]) + b"zbcdabcd").having(o="any")
    return found.having_payload(bytes(32), ARRANGEMENT)


def in_no_order(pixels: bytes) -> Parts:
    found = one_stored([256, 1, 2, 2], 2, bytes([12, 1]) + pixels).having(o="any")
    return replace(found, version=6).having_payload(bytes(32), ARRANGEMENT)


IN_NO_ORDER = in_no_order(b"zbcdabcd")
KEPT_BY_PIXELS = one_stored([256, 1, 2, 2], 2, bytes([4, 1]) + b"abcdefgh")


def flipped_flag(parts: Parts) -> Parts:
    """Stored images said to lie the other way."""
    payload = parts.payload(STORED_IMAGES)
    return parts.having_payload(bytes([payload[0] ^ 4]) + payload[1:], STORED_IMAGES)


ATTACKS: dict[str, Attack] = {
    "version 2": (lambda: replace(KEEP, version=2), FormatError, ""),
    "another model id": (
        lambda: replace(KEEP, model_id=bytes(range(32))), ModelError, "needs model",
    ),
    "another further model": (
        lambda: KEEP.having(e=[[*KEEP.fields["e"][0][:2], "ab" * 32]]), ModelError, "needs model",
    ),
    "another profile": (lambda: KEEP.having(p="int15"), FormatError, "another profile"),
    "a part of the other model": (
        lambda: replace(
            SHAPES, model_id=MODELS[1].model_id, fields=SHAPES.fields | {"m": "b"}
        ), FormatError, "takes no images",
    ),
    "a strategy of models with a prior network": (
        lambda: part(KEEP, 0, t="tour"), FormatError, "no prior network",
    ),
    "a set that keeps its order": (
        lambda: part(KEEP, 0, t="set"), CorruptionError, "contradict each other",
    ),
    "a permutation in any order": (
        lambda: part(ANY, 0, t="iid", p=True), CorruptionError, "contradict each other",
    ),
    "stored images counted otherwise": (lambda: moved(KEEP), FormatError, ""),
    "bins that lie": (lambda: flipped(KEEP, ARRANGEMENT, 33), CorruptionError, ""),
    "a digest that lies": (
        lambda: flipped(KEEP, ARRANGEMENT, 3), CorruptionError, "match their digest",
    ),
    "a digest of a set that lies": (
        lambda: flipped(ANY, ARRANGEMENT, 3), CorruptionError, "match their digest",
    ),
    "a stored sample that lies": (lambda: flipped(STORED, STORED_IMAGES, 40), FormatError, ""),
    "an arrangement of a set with bins": (
        lambda: ANY.having_payload(ANY.payload(ARRANGEMENT) + b"\1\0\0\0", ARRANGEMENT),
        FormatError, "an arrangement of 36 bytes",
    ),
    "no arrangement": (
        lambda: replace(KEEP, sections=tuple(s for s in KEEP.sections if s[0] != ARRANGEMENT)),
        FormatError, "where the arrangement",
    ),
    "no stored images": (
        lambda: replace(KEEP, sections=tuple(s for s in KEEP.sections if s[0] != STORED_IMAGES)),
        FormatError, "where the stored images",
    ),
    "an arrangement where there is none": (
        lambda: replace(SHAPES, sections=((ARRANGEMENT, 0, bytes(32)), *SHAPES.sections)),
        FormatError, "stands where",
    ),
    "stacks exchanged": (
        lambda: KEEP.having_payload(KEEP.payload(STACK, 1), STACK, 0), AcnError, "",
    ),
    "classes exchanged": (
        lambda: part(SHAPES, 0, q=[[a, b] for a, b in zip(
            [pair[0] for pair in shard_of(SHAPES)["g"][0]["q"]],
            [pair[1] for pair in shard_of(SHAPES)["g"][0]["q"]][::-1], strict=True)]),
        CorruptionError, "",
    ),
    "other values of a class": (
        # Bytes of images do not have the values, but the class has its place among all classes.
        lambda: KEEP.having(k=[[*one[:4]] for one in KEEP.fields["k"]]), FormatError, "ascend",
    ),
    "an image stored twice": (stored_twice, CorruptionError, "there twice"),
    "an image stored twice by pixels": (
        lambda: one_stored([256, 1, 2, 2], 2, bytes([4, 1]) + b"abcdabcd"),
        CorruptionError, "there twice",
    ),
    "images by pixels in version 4": (
        lambda: replace(KEPT_BY_PIXELS, version=4), FormatError, "newer than version 4",
    ),
    "images in no order in version 5": (
        lambda: replace(IN_NO_ORDER, version=5), FormatError, "newer than version 5",
    ),
    "images in no order where it is kept": (
        lambda: IN_NO_ORDER.having(o="keep"), FormatError, "an order, where it is kept",
    ),
    "images in no order, one of them twice": (
        lambda: in_no_order(b"zbcdzbcd"), CorruptionError, "",
    ),
    "images in no order of another set": (
        lambda: IN_NO_ORDER, CorruptionError, "match their digest",
    ),
    "images by pixels of a level that is not there": (
        lambda: one_stored([17, 1, 2, 2], 1, bytes([4, 1]) + b"\0\1\2\x11"),
        CorruptionError, "a stored sample of 17",
    ),
    "images by pixels that are too few": (
        lambda: one_stored([256, 1, 2, 2], 3, bytes([4, 1]) + b"abcdabcd"),
        FormatError, "hold 9 bytes, not 13",
    ),
    "images that claim to lie by pixels": (
        lambda: replace(flipped_flag(STORED), version=5), CorruptionError, "",
    ),
    "stored images out of order": (stored_out_of_order, CorruptionError, "canonical order"),
    "2^32 pixels in a kilobyte": (
        lambda: one_stored([256, 1, 65535, 65535], 1, bytes([3]) + bz2.compress(bytes(10**6))),
        TooLargeError, "",
    ),
    "2^29 pixels in a kilobyte": (
        lambda: one_stored([2, 1, 2**14, 2**15], 1, bytes([3]) + bz2.compress(bytes(10**6))),
        TooLargeError, "pixels",
    ),
    "2^29 pixels of several images in a kilobyte": (
        lambda: one_stored([2, 1, 2**13, 2**13], 8, bytes([3]) + bz2.compress(bytes(10**6))),
        TooLargeError, "too many",
    ),
    "2^32 pixels to be modelled": (
        lambda: one_modelled([256, 1, 65535, 65535], 1), TooLargeError, "pixels",
    ),
    "many pixels to be modelled": (
        lambda: one_modelled([256, 1, 2**13, 2**12], 200), TooLargeError, "bytes",
    ),
    "more images than there are bits": (
        lambda: one_modelled([256, 1, 1, 1], 8 * 12_000), CorruptionError, "too short",
    ),
    "2^32 repeats": (
        lambda: STORED.having_shard(0, n=2**32 - 1), AcnError, "",
    ),
}  # fmt: skip


def test_the_archives_are_put_together_again(tmp_path: Path) -> None:
    for parts in (KEEP, ANY, SHAPES, STORED):
        (tmp_path / "a.acn").write_bytes(parts.to_bytes())
        assert decoded(tmp_path / "a.acn", MODELS, Run(1)).count


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_archive_is_refused(name: str, tmp_path: Path) -> None:
    build, error, words = ATTACKS[name]
    path = tmp_path / "a.acn"
    path.write_bytes(build().to_bytes())
    with pytest.raises(error) as caught:
        decoded(path, MODELS, Run(1))
    assert words in str(caught.value), str(caught.value)
    assert len(str(caught.value)) < 1000


def test_a_shard_of_no_image_is_none(tmp_path: Path) -> None:
    file = AcnFile.from_bytes((GOLDEN / "any-set-shapes.acn").read_bytes())
    file.header["h"].append({"n": 0})
    path = tmp_path / "more.acn"
    path.write_bytes(file.to_bytes())
    one, other = (decoded(place, MODELS, Run()) for place in (GOLDEN / "any-set-shapes.acn", path))
    assert same_data(one, other, "keep")
