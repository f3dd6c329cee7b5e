"""Part of `second_reader`: the file (2), and how its parts come together."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from second_reader.duplicates import with_duplicates
from second_reader.header import Shard, parse_header
from second_reader.labels import label_arrays
from second_reader.model import need, parse_json
from second_reader.networks import Model, Tables
from second_reader.packed import Bytes, inflate
from second_reader.shard import Stack, decode_distinct
from second_reader.side import side_arrays
from second_reader.torchac import ByteStack

SIGNATURE = b"\x89ACN\r\n\x1a\n"
STACK, DUPLICATES, SIDE, LABELS = 1, 2, 3, 4

DICTIONARY = (
    b'"v":256,"a":1,"y":[0],[1,32,32],"l":"nchw","l":"nhwc","d":"bool","t":"tour","t":"iid",'
    b'"t":"urn","w":1000,"p":true,"z":[{"m":"mnist","p":"int15","c":"ans","o":"keep",'
    b'"n":"images","o":"any","n":"x","d":"uint8","l":"nhw","s":[1,28,28],"h":[{"n":10000,'
    b'"t":"set","z":['
)


def read(path: Path, model: Path, tables: Path) -> dict[str, np.ndarray]:
    """All arrays of an archive by name, in their original places.

    Raises:
        Malformed: the archive or the model is one that a reader MUST reject.
    """
    file = Bytes(path.read_bytes())
    need(file.take(8) == SIGNATURE, "another signature")
    version = file.number(2)
    need(version in (1, 2), "another version")
    length = file.number(4)
    need(33 <= length <= 32 + 2**20, "length of the header")
    body = file.take(length)
    file.check_crc(0)
    table = parse_json(inflate(body[32:], 2**22, DICTIONARY if version > 1 else b""), "header")
    profile = table.get("p") if type(table) is dict else None
    header = parse_header(table)
    of_two = profile != "int15" or header.coder != "ans" or header.labels
    of_two = of_two or any(shard.urn for shard in header.shards)
    need(version == 2 or not of_two, "a header newer than its version")

    side = b""
    has_side = file.data[file.at : file.at + 1] == bytes([SIDE])
    if has_side:
        side = section(file, SIDE, 0)
    labels = section(file, LABELS, 0) if header.labels else b""
    shards = []
    for number, shard in enumerate(header.shards):
        repeated = shard.distinct < shard.images
        duplicates = section(file, DUPLICATES, number) if repeated else b""
        stack = section(file, STACK, number)
        need(shard.distinct <= 8 * len(stack), "more images than bits in the stack")
        shards.append((shard, duplicates, open_stack(header.coder, stack)))
    need(not file.rest(), "bytes after the last section")

    networks = Model.load(model, Tables.load(tables))
    config = networks.config
    need(networks.identity == body[:32], "another model's archive")
    need(networks.profile == profile, "the profile is not the model's")
    shape = tuple(config[key] for key in ("channels", "height", "width"))
    need(header.shape == shape, "the images have not the model's shape")
    need(len(header.levels) == config["levels"], "the levels are not the model's")

    images = b"".join(decode_shard(header.order, *shard, networks) for shard in shards)
    total = sum(shard.images for shard in header.shards)
    indexes = np.frombuffer(images, "u1").reshape(total, *header.shape)
    pixels = np.array(header.levels, header.dtype)[indexes]
    if header.layout == "nhw":
        pixels = pixels[:, 0]
    elif header.layout == "nhwc":
        pixels = pixels.transpose(0, 2, 3, 1)
    arrays = side_arrays(side, total) if has_side else []
    maps = indexes.transpose(0, 2, 3, 1)
    if header.labels:
        given = label_arrays(labels, len(header.labels), maps, len(header.levels), networks)
        for at, array in zip(header.labels, given, strict=True):
            need(at <= len(arrays), "place of a label array")
            arrays.insert(at, array)
    names = [name for name, _ in arrays] + [header.name]
    need(len(set(names)) == len(names), "two arrays of one name")
    need(header.place <= len(arrays), "place of the image array")
    arrays.insert(header.place, (header.name, pixels))
    return dict(arrays)


def section(file: Bytes, kind: int, shard: int) -> bytes:
    start = file.at
    need(file.number(1) == kind and file.number(2) == shard, "a section out of its place")
    payload = file.take(file.number(8))
    file.check_crc(start)
    return payload


def open_stack(coder: str, payload: bytes) -> Stack:
    if coder == "torchac":
        return ByteStack(payload)
    need(len(payload) % 4 == 0, "a stack of broken words")
    return Stack(np.frombuffer(payload, "<u4").tolist())


def decode_shard(order: str, shard: Shard, duplicates: bytes, stack: Stack, model: Model) -> bytes:
    """The level indexes of a shard's images in output order (11.4), one byte a pixel."""
    numbers, images = decode_distinct(
        stack, shard.batches(), shard.strategy, shard.permuted, shard.urn, model
    )
    if order == "any":
        images.sort()
    elif shard.permuted:
        images = [image for _, image in sorted(zip(numbers, images, strict=True))]
    content = b"".join(with_duplicates(order, shard, duplicates, images))
    chain = [hashlib.sha256(content).digest()]
    while len(chain) < shard.blocks:
        chain.append(hashlib.sha256(chain[-1]).digest())
    need(stack.holds(b"".join(chain)), "the final check")
    return content
