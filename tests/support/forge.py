"""Archives taken apart and put together by hand, checksums and lengths right or as one likes.

Written from docs/FORMAT.md, sections 2 and 3, and with no code of the package, so that it can
write what the package refuses to.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import struct
import zlib
from dataclasses import dataclass, field, replace
from typing import Any

SIGNATURE = b"\x89ACN\r\n\x1a\n"
STACK, DUPLICATES, SIDE = 1, 2, 3
Section = tuple[int, int, bytes]


DICTIONARY = (
    b'"v":256,"a":1,"y":[0],[1,32,32],"l":"nchw","l":"nhwc","d":"bool","t":"tour","t":"iid",'
    b'"t":"urn","w":1000,"p":true,"z":[{"m":"mnist","p":"int15","c":"ans","o":"keep",'
    b'"n":"images","o":"any","n":"x","d":"uint8","l":"nhw","s":[1,28,28],"h":[{"n":10000,'
    b'"t":"set","z":['
)
"""Of deflate in the headers of version 2."""


def deflate(raw: bytes, level: int = 9, dictionary: bytes = b"") -> bytes:
    """Raw deflate."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, zdict=dictionary)
    return packer.compress(raw) + packer.flush()


def inflate(packed: bytes, dictionary: bytes = b"") -> bytes:
    """Undo `deflate`."""
    unpacker = zlib.decompressobj(-15, dictionary)
    return unpacker.decompress(packed) + unpacker.flush()


def pack_header(text: bytes, version: int, level: int = 9) -> bytes:
    """The header's JSON as it is packed in a version."""
    return deflate(text, level, b"" if version == 1 else DICTIONARY)


def framed(section: Section, *, length: int | None = None, crc: int | None = None) -> bytes:
    """A section in its frame; `length` and `crc` may lie."""
    kind, shard, payload = section
    data = struct.pack("<BHQ", kind, shard, len(payload) if length is None else length) + payload
    return data + struct.pack("<I", zlib.crc32(data) if crc is None else crc)


def head(
    body: bytes, model_id: bytes, *, version: int = 1, length: int | None = None,
    crc: int | None = None, signature: bytes = SIGNATURE,
) -> bytes:  # fmt: skip
    """The head of a file around `body`, the packed JSON; `length` and `crc` may lie."""
    length = len(model_id) + len(body) if length is None else length
    data = signature + struct.pack("<HI", version, length) + model_id + body
    return data + struct.pack("<I", zlib.crc32(data) if crc is None else crc)


@dataclass(frozen=True)
class Parts:
    """A whole archive: its header's fields by their short names, and its sections."""

    model_id: bytes
    fields: dict[str, Any]
    sections: tuple[Section, ...] = field(default=())
    version: int = 1

    def to_bytes(self) -> bytes:
        """The file, all checksums right."""
        body = pack_header(json.dumps(self.fields, separators=(",", ":")).encode(), self.version)
        start = head(body, self.model_id, version=self.version)
        return start + b"".join(framed(section) for section in self.sections)

    def having(self, **fields: Any) -> Parts:
        """With some fields of the header changed; None takes one away."""
        changed = {k: v for k, v in (self.fields | fields).items() if v is not None}
        return replace(self, fields=changed)

    def having_shard(self, index: int, **fields: Any) -> Parts:
        """With some fields of one shard changed; None takes one away."""
        shards = [dict(shard) for shard in self.fields["h"]]
        changed = {k: v for k, v in (shards[index] | fields).items() if v is not None}
        return self.having(h=[*shards[:index], changed, *shards[index + 1 :]])

    def payload(self, kind: int, shard: int = 0) -> bytes:
        """What a section holds."""
        return next(it[2] for it in self.sections if it[:2] == (kind, shard))

    def having_payload(self, payload: bytes, kind: int, shard: int = 0) -> Parts:
        """With another content of one section."""
        sections = [
            (kind, shard, payload) if it[:2] == (kind, shard) else it for it in self.sections
        ]
        return replace(self, sections=tuple(sections))


def take_apart(data: bytes) -> Parts:
    """The parts of a valid archive."""
    version, length = struct.unpack_from("<HI", data, 8)
    fields = json.loads(inflate(data[46 : 14 + length], b"" if version == 1 else DICTIONARY))
    at, sections = 18 + length, []
    while at < len(data):
        kind, shard, size = struct.unpack_from("<BHQ", data, at)
        sections.append((kind, shard, data[at + 11 : at + 11 + size]))
        at += 15 + size
    return Parts(data[14:46], fields, tuple(sections), version)


def side_payload(raw: bytes, *, form: int = 0, length: int | None = None) -> bytes:
    """The payload of a side data section around `raw`, its digest right."""
    body = lzma.compress(raw, preset=0) if form == 1 else raw
    size = len(raw) if length is None else length
    return struct.pack("<Q", size) + hashlib.sha256(raw).digest() + bytes([form]) + body


def side_raw(payload: bytes) -> bytes:
    """The raw side data in a payload."""
    return lzma.decompress(payload[41:]) if payload[40] == 1 else payload[41:]


def side_array(
    name: bytes, npy: bytes, *, aligned: bool = False, length: int | None = None
) -> bytes:
    """One array of the raw side data."""
    size = len(npy) if length is None else length
    return struct.pack("<H", len(name)) + name + struct.pack("<BQ", int(aligned), size) + npy


def npy(descr: object, shape: object, body: bytes = b"", *, text: str | None = None) -> bytes:
    """A .npy file whose header says what it is told to."""
    words = text or repr({"descr": descr, "fortran_order": False, "shape": shape})
    raw = words.encode()
    return b"\x93NUMPY\x02\0" + struct.pack("<I", len(raw)) + raw + body


def safetensors(
    tensors: dict[str, tuple[str, list[int], bytes]], metadata: dict[str, str], **lies: Any
) -> bytes:
    """A safetensors file of (dtype, shape, bytes) by name. `lies` replace a tensor's entry in
    the header, dots in its name written as two underscores."""
    entries: dict[str, Any] = {"__metadata__": metadata}
    at, body = 0, b""
    for name, (dtype, shape, data) in tensors.items():
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(data)]}
        at, body = at + len(data), body + data
    for key, lie in lies.items():
        name = key.replace("__", ".")
        entries[name] = entries.get(name, {}) | lie
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text + body


def open_safetensors(
    data: bytes,
) -> tuple[dict[str, tuple[str, list[int], bytes]], dict[str, str]]:
    """Undo `safetensors`."""
    (length,) = struct.unpack_from("<Q", data)
    entries = json.loads(data[8 : 8 + length])
    metadata = entries.pop("__metadata__", {})
    tensors = {}
    for name, entry in sorted(entries.items(), key=lambda item: item[1]["data_offsets"]):
        first, stop = entry["data_offsets"]
        tensors[name] = entry["dtype"], entry["shape"], data[8 + length + first : 8 + length + stop]
    return tensors, metadata
