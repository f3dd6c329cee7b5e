"""A second reader of .acn archives, written from docs/FORMAT.md alone: slow, plain, independent.

It shares no code with the package, so that the two agree only if the page says enough. Numbers in
comments are sections of that page. Standard library and NumPy's 64-bit integers, nothing else. Here
is the file and what surrounds the images; labels (5.1) are in `second_reader_labels`, the model
file (7) in `second_reader_model`, the networks (8 to 10) in `second_reader_networks`, the stack (6
and 11) in `second_reader_shard`, the coder torchac (6.5) in `second_reader_torchac`.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import zlib
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from second_reader_labels import label_arrays
from second_reader_model import PROFILES, Malformed, field, need, parse_json
from second_reader_networks import Model, Tables
from second_reader_shard import Stack, decode_distinct
from second_reader_torchac import ByteStack

SIGNATURE = b"\x89ACN\r\n\x1a\n"
CODERS = ["ans", "torchac"]
STACK, DUPLICATES, SIDE, LABELS = 1, 2, 3, 4


@dataclass(frozen=True)
class Shard:
    """One entry of the header's list of shards."""

    images: int
    distinct: int
    strategy: str
    permuted: bool
    blocks: int
    runs: list[tuple[int, int]]
    urn: tuple[int, int] | None

    def batches(self) -> list[int]:
        return [size for size, repeats in self.runs for _ in range(repeats)]


@dataclass(frozen=True)
class Header:
    """The header's JSON with its defaults filled in."""

    coder: str
    order: str
    name: str
    dtype: str
    layout: str
    shape: tuple[int, ...]
    levels: list[int]
    place: int
    shards: list[Shard]
    labels: list[int]


class Bytes:
    """A cursor over bytes, which never runs past their end."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        need(count <= len(self.data) - self.at, "it ends early")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "little")

    def rest(self) -> bytes:
        return self.take(len(self.data) - self.at)

    def check_crc(self, start: int) -> None:
        crc = zlib.crc32(self.data[start : self.at])
        need(self.number(4) == crc, "a CRC-32 does not match")


# 2, 3: the file and its header

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


def parse_header(table: Any) -> Header:
    labelled = {key: field(table, key, str) for key in "mpc"}
    for key, label in labelled.items():
        need(1 <= len(label) <= 255 and label.isprintable(), f"header: no label, {key}")
        need(label in {"p": PROFILES, "c": CODERS}.get(key, [label]), f"header: {key} is unknown")
    order, name = field(table, "o", str), field(table, "n", str)
    dtype, layout = field(table, "d", str), field(table, "l", str)
    need(order in ("keep", "any"), "header: order")
    need("\0" not in name and len(utf8(name)) <= 65_531, "header: name")
    need(dtype in ("uint8", "bool") and layout in ("nhw", "nhwc", "nchw"), "header: array")
    shape = field(table, "s", list)
    need(len(shape) == 3 and all(type(n) is int for n in shape), "header: shape")
    need(shape[0] in (1, 3) and all(1 <= n <= 65_535 for n in shape[1:]), "header: shape")
    need(layout != "nhw" or shape[0] == 1, "header: nhw of several channels")

    levels = table.pop("v", [0, 1])
    if type(levels) is int and levels == 256:
        levels = list(range(256))
    need(type(levels) is list and 2 <= len(levels) <= 256, "header: level map")
    need(all(type(v) is int and 0 <= v <= 255 for v in levels), "header: level map")
    need(levels == sorted(set(levels)), "header: the level map does not ascend")
    need(dtype != "bool" or levels == [0, 1], "header: level map of a bool array")

    place, entries = field(table, "a", int, 0), field(table, "h", list)
    need(table.get("y") != [], "header: no place of labels")
    labels = field(table, "y", list, [])
    need(all(type(n) is int and 0 <= n < 2**32 for n in labels), "header: places of labels")
    need(labels == sorted(set(labels)), "header: the places of labels do not ascend")
    need(place >= 0 and not table, "header: place, or an unknown key")
    need(1 <= len(entries) <= 65_536, "header: number of shards")
    shards = [parse_shard(entry, order) for entry in entries]
    repeats = [repeats for shard in shards for _, repeats in shard.runs]
    need(sum(repeats) <= 2**20, "header: too many batches")
    total = sum(shard.images for shard in shards)
    need(total * shape[0] * shape[1] * shape[2] <= 2**36, "header: too many images")
    return Header(
        labelled["c"], order, name, dtype, layout, tuple(shape), levels, place, shards, labels
    )


def parse_shard(entry: Any, order: str) -> Shard:
    images = field(entry, "n", int)
    need(0 <= images < 2**32, "header: images of a shard")
    distinct, strategy = field(entry, "u", int, images), field(entry, "t", str)
    permuted, blocks = field(entry, "p", bool, False), field(entry, "b", int, 1)
    need(min(images, 1) <= distinct <= images, "header: distinct images of a shard")
    need(strategy in ("iid", "tour", "set", "urn"), "header: strategy")
    need(strategy not in ("set", "urn") or order == "any", "header: a set in `keep`")
    urn = None
    if strategy == "urn":
        urn = field(entry, "w", int), field(entry, "k", int, 0)
        need(1 <= urn[0] < 2**32 and 0 <= urn[1] <= 4096, "header: an urn's numbers")
        need(distinct <= 2**17, "header: an urn of too many images")
    need(not permuted or (order == "keep" and distinct <= 2**24), "header: a permutation")
    need(1 <= blocks <= 2**20, "header: blocks of the seed")
    runs = []
    for run in field(entry, "z", list):
        if type(run) is int:
            runs.append((run, 1))
        else:
            need(type(run) is list and [type(n) for n in run] == [int, int], "header: runs")
            need(run[1] >= 2, "header: a run that repeats not")
            runs.append((run[0], run[1]))
    need(not entry, "header: an unknown key in a shard")
    need(all(1 <= size <= 512 for size, _ in runs), "header: size of a batch")
    need(sum(size * repeats for size, repeats in runs) == distinct, "header: sum of the batches")
    need(sum(repeats for _, repeats in runs) <= 2**20, "header: too many batches")
    shard = Shard(images, distinct, strategy, permuted, blocks, runs, urn)
    sizes = shard.batches()
    if strategy == "tour":
        limits = [2 * size for size in sizes[:1]] + sizes[1:]
        need(all(b <= a for a, b in zip(limits, sizes[1:], strict=False)), "header: tour")
    return shard


def utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Malformed(f"no Unicode text: {text!r}") from error


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


# 3, 4, 5: packed bytes


def unpack(engine: Any, data: bytes, limit: int) -> bytes:
    """All that one stream holds, if that is at most `limit` bytes and nothing follows."""
    try:
        raw: bytes = engine.decompress(data, limit + 1)
    except (zlib.error, lzma.LZMAError) as error:
        raise Malformed(f"a broken stream: {error}") from error
    need(len(raw) <= limit, "a stream is longer than it may be")
    need(engine.eof and not engine.unused_data, "a stream does not end where it should")
    return raw


def inflate(data: bytes, limit: int, dictionary: bytes = b"") -> bytes:
    return unpack(zlib.decompressobj(-15, dictionary), data, limit)


def integers(raw: Bytes, count: int, bound: int) -> list[int]:
    """An array by planes, of `count` integers below `bound`."""
    width = next(w for w in (1, 2, 4, 8) if bound <= 2 ** (8 * w))
    planes = [raw.take(count) for _ in range(width)]
    values = [int.from_bytes(bytes(column), "little") for column in zip(*planes, strict=True)]
    need(all(value < bound for value in values), "duplicates: a value is out of range")
    return values


def with_duplicates(order: str, shard: Shard, payload: bytes, distinct: list[bytes]) -> list[bytes]:
    """All N images of a shard from its U, which come in their canonical or original order."""
    n, u = shard.images, shard.distinct
    repeats = n - u
    if not repeats:
        return distinct
    bounds = [n, u] if order == "keep" else [repeats + 1] if repeats > u else [u]
    count = u if order == "any" and repeats > u else repeats
    widths = [next(w for w in (1, 2, 4, 8) if bound <= 2 ** (8 * w)) for bound in bounds]
    length = count * sum(widths)
    need(len(payload) >= 1 and payload[0] <= 2, "duplicates: form")
    flag, data = payload[0], payload[1:]
    if flag == 1:
        data = inflate(data, length)
    elif flag == 2:
        filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 2**20}]
        data = unpack(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters), data, length)
    need(len(data) == length, "duplicates: length")
    raw = Bytes(data)
    first = integers(raw, count, bounds[0])

    if order == "any":
        if repeats > u:
            extra = first
            need(sum(extra) == repeats, "duplicates: sum of the counts")
        else:
            extra = [0] * u
            for number in accumulate(first):
                need(number < u, "duplicates: an image that is not there")
                extra[number] += 1
        return [image for image, more in zip(distinct, extra, strict=True) for _ in range(more + 1)]

    images: list[bytes] = []
    new = 0
    for i, (gap, target) in enumerate(zip(first, integers(raw, count, u), strict=True)):
        need(new + gap + i < n and new + gap <= u, "duplicates: a position that is not there")
        images += distinct[new : new + gap]
        new += gap
        need(target < new, "duplicates: a repeat before its image")
        images.append(distinct[target])
    return images + distinct[new:]


def side_arrays(payload: bytes, total: int) -> list[tuple[str, np.ndarray]]:
    head = Bytes(payload)
    length, digest, form, data = head.number(8), head.take(32), head.number(1), head.rest()
    need(length <= 2**36 and form <= 1, "side data: length or form")
    if form == 1:
        engine = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=2**27)
        data = unpack(engine, data, length)
    need(len(data) == length, "side data: length")
    need(hashlib.sha256(data).digest() == digest, "side data: SHA-256")
    raw = Bytes(data)
    arrays = []
    while raw.at < length:
        try:
            name = raw.take(raw.number(2)).decode()
            flags = raw.number(1)
            file = io.BytesIO(raw.take(raw.number(8)))
            array = np.lib.format.read_array(file, allow_pickle=False, max_header_size=length)
        except (ValueError, TypeError, OverflowError, SyntaxError, TokenError) as error:
            raise Malformed(f"side data: {error}") from error
        need(not file.read(1), "side data: bytes after an array")
        need(flags <= 1, "side data: flags")
        need(flags == 0 or array.shape[:1] == (total,), "side data: rows of an aligned array")
        arrays.append((name, array))
    return arrays
