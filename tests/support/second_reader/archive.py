"""Part of `second_reader`: the file (2), and how its parts come together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from second_reader.arrays import image_array
from second_reader.bins import Payloads, decode_shard
from second_reader.fields import need, parse_json
from second_reader.header import Header, parse_header
from second_reader.images import Image
from second_reader.labels import label_arrays
from second_reader.models import load_models
from second_reader.networks import Model
from second_reader.packed import Bytes, inflate
from second_reader.side import Side, side_arrays
from second_reader.splits import apart
from second_reader.stored import since as stored_since
from second_reader.tables import Tables

SIGNATURE = b"\x89ACN\r\n\x1a\n"
STACK, DUPLICATES, SIDE, LABELS, STORED, ARRANGEMENT, MODEL = range(1, 8)

DICTIONARY = (
    b'"v":256,"a":1,"y":[0],[1,32,32],"l":"nchw","l":"nhwc","d":"bool","t":"tour","t":"iid",'
    b'"t":"urn","w":1000,"p":true,"z":[{"m":"mnist","p":"int15","c":"ans","o":"keep",'
    b'"n":"images","o":"any","n":"x","d":"uint8","l":"nhw","s":[1,28,28],"h":[{"n":10000,'
    b'"t":"set","z":['
)


def read(path: Path, models: Path | Sequence[Path], tables: Path) -> dict[str, Any]:
    """All arrays of an archive by name, in their original places.

    Args:
        path: the archive.
        models: its model, or among others all that it needs and does not carry itself (a mixed set
            may need several or none).
        tables: the shipped tables; those of version 3 lie beside them.

    Returns:
        NumPy arrays; of a mixed set whose images differ in shape, a list of such under the name of
        the image array.

    Raises:
        Malformed: the archive or a model is one that a reader MUST reject.
    """
    file = Bytes(path.read_bytes())
    need(file.take(8) == SIGNATURE, "another signature")
    version = file.number(2)
    need(1 <= version <= 7, "another version")
    length = file.number(4)
    need(33 <= length <= 32 + 2**20, "length of the header")
    body = file.take(length)
    file.check_crc(0)
    text = inflate(body[32:], 2**22, DICTIONARY if version > 1 else b"")
    header = parse_header(parse_json(text, "header"), body[:32])
    need(header.since <= version, "a header newer than its version")

    has_side = file.data[file.at : file.at + 1] == bytes([SIDE])
    side = section(file, SIDE, 0) if has_side else b""
    labels = section(file, LABELS, 0) if header.labels else b""
    coded = [section(file, MODEL, number) for number in header.embedded]
    payloads = shard_sections(file, header)
    need(not file.rest(), "bytes after the last section")
    newest = max(map(stored_since, (payload.stored for payload in payloads)), default=0)
    need(version >= newest, "stored images: a form newer than the version")

    paths = [models] if isinstance(models, Path) else models
    loaded = load_models(header, paths, coded, Tables.load(tables))
    images = [
        image
        for shard, payload in zip(header.shards, payloads, strict=True)
        for image in decode_shard(header, shard, payload, loaded)
    ]
    sides = side_arrays(side, len(images)) if has_side else []
    return given_back(header, with_labels(header, sides, labels, images, loaded), images)


def section(file: Bytes, kind: int, number: int) -> bytes:
    start = file.at
    need(file.number(1) == kind and file.number(2) == number, "a section out of its place")
    payload = file.take(file.number(8))
    file.check_crc(start)
    return payload


def shard_sections(file: Bytes, header: Header) -> list[Payloads]:
    """What the file has of each shard."""
    out = []
    stacks = 0
    for number, shard in enumerate(header.shards):
        repeated = shard.distinct < shard.images
        duplicates = section(file, DUPLICATES, number) if repeated else b""
        arrangement = section(file, ARRANGEMENT, number) if shard.arranged else b""
        stored = section(file, STORED, number) if shard.stored else b""
        words = [section(file, STACK, stacks + i) for i in range(len(shard.parts))]
        stacks += len(shard.parts)
        out.append(Payloads(duplicates, arrangement, stored, words))
    return out


def with_labels(
    header: Header, sides: list[Side], payload: bytes, images: list[Image], models: list[Model]
) -> list[Side]:
    """All side arrays, those of labels in their places (5.1)."""
    sides = list(sides)
    if header.labels:
        (kind,), (model,) = header.kinds, models
        indexes = np.array([kind.indexes(image.content) for image in images])
        maps = indexes.reshape(-1, *kind.shape).transpose(0, 2, 3, 1)
        given = label_arrays(payload, len(header.labels), maps, kind, model)
        for at, (name, array) in zip(header.labels, given, strict=True):
            need(at <= len(sides), "place of a label array")
            sides.insert(at, Side(name, array, True))
    return sides


def given_back(header: Header, sides: list[Side], images: list[Image]) -> dict[str, Any]:
    """The arrays by name, in their places and their form."""
    names = [side.name for side in sides] + [header.name]
    need(len(set(names)) == len(names), "two arrays of one name")
    need(header.place <= len(sides), "place of the image array")
    form, array = header.form, image_array(header, images)
    if form:
        array = form.step(array)
    if form and form.splits:
        return dict(apart(form.splits, sides, array))
    arrays = [(side.name, side.array) for side in sides]
    arrays.insert(header.place, (header.name, array))
    return dict(arrays)
