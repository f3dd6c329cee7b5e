"""Ways to spoil archives, safetensors, .npz and .npy files inside, where checksums protect them.

Lengths and checksums are right again afterwards, so that the damage reaches what lies behind
them; the names of these mutations end in "repaired".
"""

from __future__ import annotations

import io
import json
import lzma
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from forge import (
    SIDE,
    Parts,
    Section,
    framed,
    head,
    inflate,
    open_safetensors,
    pack_header,
    safetensors,
    side_payload,
    side_raw,
    take_apart,
)

from fuzzing.mutations import (
    EDGES,
    Mutations,
    add_to_number,
    flip_bits,
    set_bytes,
    set_number,
    spoil,
    spoil_json,
)

REPAIRED = "repaired"
LZMA2 = [{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 1 << 20}]


def _dump(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def header_json(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Another value in the header."""
    parts = take_apart(seeds[0])
    return replace(parts, fields=spoil_json(rng, parts.fields)).to_bytes()


def header_text(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Other characters in the header's JSON."""
    parts = take_apart(seeds[0])
    body = pack_header(spoil(rng, _dump(parts.fields)), parts.version, 1)
    start = head(body, parts.model_id, version=parts.version)
    return start + b"".join(framed(section) for section in parts.sections)


def header_packed(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Other bytes in the header's deflate stream, its model id or its version."""
    data = seeds[0]
    version, length = struct.unpack_from("<HI", data, 8)
    body = spoil(rng, data[46 : 14 + length])
    model_id = data[14:46] if rng.random() < 0.9 else rng.randbytes(32)
    if rng.random() < 0.1:
        version = rng.choice((0, 1, 2, 3, 65535))
    return head(body, model_id, version=version) + data[18 + length :]


def payload(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Other bytes in a section."""
    parts = take_apart(seeds[0])
    kind, shard, old = rng.choice(parts.sections)
    return parts.having_payload(spoil(rng, old), kind, shard).to_bytes()


def words(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Other words on a stack, and as many; other bytes in a section where there is none."""
    parts = take_apart(seeds[0])
    stacks = [section for section in parts.sections if section[0] == 1]
    if not stacks:
        return payload(rng, seeds)
    kind, shard, old = rng.choice(stacks)
    way = rng.choice((flip_bits, set_bytes, set_number, add_to_number))
    return parts.having_payload(way(rng, old)[: len(old)], kind, shard).to_bytes()


def side(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Other side data, under a digest of its own; other bytes in a section where there is none."""
    parts = take_apart(seeds[0])
    if parts.sections[0][0] != SIDE:
        return payload(rng, seeds)
    raw = spoil(rng, side_raw(parts.payload(SIDE)))
    return parts.having_payload(side_payload(raw, form=rng.choice((0, 0, 1))), SIDE).to_bytes()


def sections(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Sections repeated, left out, renamed, reordered, or taken from another archive."""
    parts = take_apart(seeds[0])
    listed = list(parts.sections)
    at = rng.randrange(len(listed))
    way = rng.randrange(6)
    if way == 0:
        listed.insert(rng.randint(0, len(listed)), listed[at])
    elif way == 1:
        del listed[at]
    elif way == 2:
        listed[at] = _renamed(rng, listed[at])
    elif way == 3:
        rng.shuffle(listed)
    elif way == 4:
        listed[at] = rng.choice(take_apart(rng.choice(seeds)).sections)
    else:
        other = take_apart(rng.choice(seeds))
        parts = Parts(parts.model_id, other.fields, version=other.version)
    return replace(parts, sections=tuple(listed)).to_bytes()


def _renamed(rng: Random, section: Section) -> Section:
    return rng.randrange(5), rng.choice((0, 1, 2, 65535)), section[2]


def frame(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """A length that lies, under a CRC that does not."""
    parts = take_apart(seeds[0])
    body = pack_header(_dump(parts.fields), parts.version)
    start = head(body, parts.model_id, version=parts.version)
    at = rng.randrange(len(parts.sections))
    size = len(parts.sections[at][2])
    length = rng.choice((*EDGES, size - 4, size + 4, size + 1, size + 19)) % (1 << 64)
    frames = [framed(s, length=length if i == at else None) for i, s in enumerate(parts.sections)]
    return start + b"".join(frames)


ARCHIVE: Mutations = {
    f"{name}, {REPAIRED}": way
    for name, way in {
        "header values": header_json, "header text": header_text, "header bytes": header_packed,
        "section bytes": payload, "stack words": words, "side data": side, "sections": sections,
        "section length": frame,
    }.items()
}  # fmt: skip


def tensor(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Other numbers in one tensor."""
    tensors, metadata = open_safetensors(seeds[0])
    name = rng.choice(list(tensors))
    dtype, shape, old = tensors[name]
    way = rng.choice((flip_bits, set_bytes, set_number, add_to_number))
    new = (way(rng, old) + bytes(len(old)))[: len(old)]
    return safetensors(tensors | {name: (dtype, shape, new)}, metadata)


def tensor_header(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Another value in the header of a safetensors file, its length right."""
    (length,) = struct.unpack_from("<Q", seeds[0])
    fields = json.loads(seeds[0][8 : 8 + length])
    key = rng.choice(list(fields))
    text = _dump(fields | {key: spoil_json(rng, fields[key])})
    return struct.pack("<Q", len(text)) + text + seeds[0][8 + length :]


def tensor_metadata(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Another value in the JSON inside the metadata of a safetensors file."""
    tensors, metadata = open_safetensors(seeds[0])
    text = json.dumps(spoil_json(rng, json.loads(metadata["acncodec"])))
    if rng.random() < 0.2:
        text = spoil(rng, text.encode()).decode("latin-1")
    return safetensors(tensors, metadata | {"acncodec": text})


SAFETENSORS: Mutations = {
    f"{name}, {REPAIRED}": way
    for name, way in {
        "numbers": tensor, "header": tensor_header, "metadata": tensor_metadata,
    }.items()
}  # fmt: skip


def npy_header(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Other characters in the header of a .npy, its length right."""
    data = seeds[0]
    start = 10 if data[6] == 1 else 12
    length = int.from_bytes(data[8:start], "little")
    text = spoil(rng, data[start : start + length])
    if start == 10:
        text = text[:65535]
    return data[:8] + len(text).to_bytes(start - 8, "little") + text + data[start + length :]


def zip_member(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Another array in an .npz, packed anew with right sizes and checksums."""
    members: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(seeds[0])) as archive:
        for info in archive.infolist():
            members[info.filename] = archive.read(info)
    name = rng.choice(list(members))
    way = npy_header if rng.random() < 0.5 else lambda r, s: spoil(r, s[0])
    members[name] = way(rng, [members[name]])
    file = io.BytesIO()
    method = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2))
    with zipfile.ZipFile(file, "w", method) as archive:
        for key, data in members.items():
            archive.writestr(key, data)
    return file.getvalue()


def side_repaired(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Other raw side data in a payload of its own."""
    return side_payload(spoil(rng, side_raw(seeds[0])), form=rng.choice((0, 0, 1)))


def flat_repeats(rng: Random, seeds: Sequence[bytes]) -> bytes:
    """Other raw bytes in a duplicates payload, as many, stored."""
    flag, body = seeds[0][0], seeds[0][1:]
    raw = body
    if flag == 1:
        raw = inflate(body)
    elif flag == 2:
        raw = lzma.decompress(body, lzma.FORMAT_RAW, filters=LZMA2)
    way = rng.choice((flip_bits, set_bytes, set_number, add_to_number))
    return b"\0" + way(rng, raw)[: len(raw)]
