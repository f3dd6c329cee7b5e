"""The second reader on models that a file carries: what it takes, what it rejects."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from acn_files import AcnFile
from mixed_files import TABLES, golden_model
from second_reader import Malformed, read
from second_reader.coded_model import DICTIONARY, geometric, pop_entries
from second_reader.stack import Stack
from second_reader.tables import Tables

GOLDEN = Path(__file__).parent / "golden" / "v4"
GREY, URN = "keep-iid-grey", "any-urn-acn"
STACK, MODEL = 1, 7


def opened(name: str = GREY) -> AcnFile:
    return AcnFile.from_bytes((GOLDEN / f"{name}.acn").read_bytes())


def rejects(file: AcnFile, folder: Path, message: str) -> None:
    path = folder / "a.acn"
    path.write_bytes(file.to_bytes())
    with pytest.raises(Malformed, match=message):
        read(path, [], TABLES)


def head_of(payload: bytes) -> tuple[dict[str, Any], bytes]:
    """The head of a coded model and the words behind it."""
    (size,) = struct.unpack_from("<H", payload)
    text = zlib.decompressobj(-15, DICTIONARY).decompress(payload[2 : 2 + size])
    return json.loads(text), payload[2 + size :]


def coded(head: str, words: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=DICTIONARY)
    packed = engine.compress(head.encode()) + engine.flush()
    return struct.pack("<H", len(packed)) + packed + words


def with_head(file: AcnFile, spoil: Callable[[dict[str, Any]], Any]) -> AcnFile:
    """The file with another head of its first model."""

    def change(payload: bytes) -> bytes:
        head, words = head_of(payload)
        spoil(head)
        return coded(json.dumps(head), words)

    file.change(MODEL, change)
    return file


def test_the_dictionary_is_as_long_as_the_page_says() -> None:
    assert len(DICTIONARY) == 215


@pytest.mark.parametrize("source", [GREY, URN])
def test_another_way_to_write_the_same_head_is_read(source: str, tmp_path: Path) -> None:
    path = tmp_path / "a.acn"
    path.write_bytes(with_head(opened(source), lambda h: h.setdefault("a", [])).to_bytes())
    again, wanted = (read(one, [], TABLES) for one in (path, GOLDEN / f"{source}.acn"))
    assert list(again) == list(wanted)
    for name, array in wanted.items():
        np.testing.assert_array_equal(again[name], array)


def test_what_is_given_by_file_is_not_asked(tmp_path: Path) -> None:
    path = GOLDEN / f"{GREY}.acn"
    one, other = read(path, [], TABLES), read(path, golden_model(3), TABLES)
    np.testing.assert_array_equal(one["x"], other["x"])


Change = Callable[[dict[str, Any]], Any]
HEADERS: dict[str, tuple[str, Change]] = {
    "no model": ("f is empty", lambda h: h.update(f=[])),
    "a model that is not there": ("a model that is not there", lambda h: h.update(f=[1])),
    "a model twice": ("f does not ascend", lambda h: h.update(f=[0, 0])),
    "a model as a number": ("f is missing or no list", lambda h: h.update(f=0)),
    "a negative number": ("header: f", lambda h: h.update(f=[-1])),
    "a model that is not announced": ("out of its place", lambda h: h.pop("f")),
    "another profile": ("unknown key", lambda h: h.update(p="int15-vae")),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_at_odds_with_the_models_is_rejected(name: str, tmp_path: Path) -> None:
    message, spoil = HEADERS[name]
    file = opened()
    spoil(file.header)
    rejects(file, tmp_path, message)


def test_a_model_calls_for_version_4(tmp_path: Path) -> None:
    file = opened()
    file.version = 3
    rejects(file, tmp_path, "newer than its version")


def test_a_model_that_is_missing_or_out_of_place_is_rejected(tmp_path: Path) -> None:
    file = opened()
    (at,) = [i for i, (kind, _, _) in enumerate(file.sections) if kind == MODEL]
    section = file.sections.pop(at)
    rejects(file, tmp_path, "out of its place")
    file.sections.append(section)
    rejects(file, tmp_path, "out of its place")
    file = opened()
    file.sections[at] = MODEL, 1, section[2]
    rejects(file, tmp_path, "out of its place")
    file.sections[at:at] = [section]
    rejects(file, tmp_path, "out of its place")


def first(key: str, value: Any) -> Change:
    return lambda h: h[key].__setitem__(0, value)


def constants(change: int) -> Change:
    """Another base of the tensors that have step 0."""
    return lambda h: h.update(
        b=[b + change * (s == 0) for b, s in zip(h["b"], h["s"], strict=True)]
    )


HEADS: dict[str, tuple[str, str, Change]] = {
    "an unknown key": (GREY, "unknown key", lambda h: h.update(x=1)),
    "an unknown key of the config": (GREY, "unknown key", lambda h: h["c"].update(height=6)),
    "a config of another size": (GREY, "number of tensors", lambda h: h["c"].update(blocks=3)),
    "a config of large layers": (GREY, "too large", lambda h: h["c"].update(width=65_536)),
    "a config that no model has": (GREY, "columns", lambda h: h["c"].update(columns=2)),
    "no config": (GREY, "c is missing", lambda h: h.pop("c")),
    "no bases": (GREY, "b is missing", lambda h: h.pop("b")),
    "no steps": (GREY, "s is missing", lambda h: h.pop("s")),
    "no bounds": (GREY, "n is missing", lambda h: h.pop("n")),
    "no classes": (GREY, "r is missing", lambda h: h.pop("r")),
    "axes that the config tells": (GREY, "axes", lambda h: h.update(a=[2])),
    "no axes": (URN, "axes", lambda h: h.pop("a")),
    "an axis of length 0": (URN, "coded model: a", first("a", 0)),
    "an axis too long": (URN, "coded model: a", first("a", 4096)),
    "another axis": (URN, "final check|range|id", first("a", 2)),
    "a base too few": (GREY, "number of tensors", lambda h: h["b"].pop()),
    "a base too many": (GREY, "number of tensors", lambda h: h["b"].append(0)),
    "a step too few": (GREY, "number of tensors", lambda h: h["s"].pop()),
    "a bound too few": (GREY, "number of tensors", lambda h: h["n"].pop()),
    "a class too many": (GREY, "number of tensors", lambda h: h["r"].append(1)),
    "low bits too few": (GREY, "number of tensors", lambda h: h.update(t=[0])),
    "low bits of nothing": (GREY, "number of tensors", lambda h: h.update(t=[])),
    "a base too large": (GREY, "coded model: b", first("b", 2**62 + 1)),
    "a base with a fraction": (GREY, "coded model: b", first("b", 0.0)),
    "a base that is true": (GREY, "coded model: b", first("b", True)),
    "a negative step": (GREY, "coded model: s", first("s", -1)),
    "a bound too large": (GREY, "coded model: n", first("n", 8192)),
    "a class too large": (GREY, "coded model: r", first("r", 256)),
    "low bits too many": (GREY, "coded model: t", lambda h: h.update(t=[49] * len(h["n"]))),
    "entries beyond 2^62": (
        GREY, "reach of", lambda h: h.update(s=[2**61 * (step > 0) for step in h["s"]])
    ),
    "another constant": (GREY, "another model id|range of|model: ", constants(1)),
    "a constant out of range": (GREY, "range of", constants(2**40)),
    "another bound": (GREY, "range of|final check", first("n", 8191)),
    "another class": (GREY, "range of|final check|another model id", first("r", 3)),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADS)
def test_a_head_that_is_at_odds_with_itself_is_rejected(name: str, tmp_path: Path) -> None:
    source, message, spoil = HEADS[name]
    rejects(with_head(opened(source), spoil), tmp_path, message)


def test_a_payload_that_is_cut_or_followed_is_rejected(tmp_path: Path) -> None:
    (payload,) = [data for kind, _, data in opened().sections if kind == MODEL]
    head, words = head_of(payload)
    twice = json.dumps(head)[:-1] + ', "a": []}'
    spoilt = {
        "ends early": [b"", payload[:1], payload[:9]],
        "without words": [coded(json.dumps(head), b""), payload + bytes(4)],
        "broken words": [payload[:-1], payload + b"\1"],
        "final check": [coded(json.dumps(head), words[4:]), payload + b"\1\0\0\0"],
        "there twice": [coded(twice.replace("{", '{"a": [], ', 1), words)],
        "longer than it may be": [coded(json.dumps(head) + " " * 2**20, words)],
        "no JSON object": [coded("[]", words)],
        "coded model: ": [coded("{", words)],
        "stream": [struct.pack("<H", 3) + b"\7\7\7" + words],
        "should": [struct.pack("<H", 1 + len(payload) - len(words) - 2)
                   + payload[2 : len(payload) - len(words)] + b"\0" + words],
    }  # fmt: skip
    for message, payloads in spoilt.items():
        for one in payloads:
            file = opened()
            file.change(MODEL, lambda _, one=one: one)
            rejects(file, tmp_path, f"{message}|range of")


def test_words_changed_under_a_right_crc_are_rejected(tmp_path: Path) -> None:
    (payload,) = [data for kind, _, data in opened().sections if kind == MODEL]
    size = len(head_of(payload)[1])
    for at in range(-size, 0, max(1, size // 40)):
        file = opened()
        changed = payload[:at] + bytes([payload[at] ^ 16]) + payload[at:][1:]
        file.change(MODEL, lambda _, changed=changed: changed)
        rejects(file, tmp_path, "final check|range of|another model id|model: |a zero on top")


def test_another_model_id_is_rejected(tmp_path: Path) -> None:
    file = opened()
    file.identity = bytes(32)
    rejects(file, tmp_path, "another model id")


def test_a_file_that_was_cut_or_changed_is_rejected(tmp_path: Path) -> None:
    data, path = (GOLDEN / f"{GREY}.acn").read_bytes(), tmp_path / "a.acn"
    cut = [data[:length] for length in range(0, len(data), 89)] + [data[:-1], data + b"\0"]
    flips = [data[:at] + bytes([data[at] ^ 2]) + data[at + 1 :] for at in range(0, len(data), 71)]
    for changed in cut + flips:
        path.write_bytes(changed)
        with pytest.raises(Malformed):
            read(path, [], TABLES)


@pytest.mark.parametrize("bits", [0, 1, 15, 16, 17, 32, 48])
def test_low_bits_come_in_pieces_of_sixteen(bits: int) -> None:
    rng = np.random.default_rng(bits)
    ends = geometric(4, 20, Tables.load(TABLES))
    wanted = [(int(h) << bits) + int(rng.integers(0, 2**bits)) for h in rng.integers(-4, 5, 9)]
    stack = Stack([1])
    pieces = [(place, min(16, bits - place)) for place in range(0, bits, 16)]
    for place, size in reversed(pieces):
        for q in reversed(wanted):
            below = (q >> place) % 2**size << 24 - size
            rest = 2**24 - below - 2 ** (24 - size)
            stack.push(1, np.array([below, 2 ** (24 - size), rest]))
    for q in reversed(wanted):
        stack.push((q >> bits) + 4, np.diff(ends))
    assert pop_entries(stack, len(wanted), ends, bits) == wanted
    assert stack.words() == [1]


@pytest.mark.parametrize(("n", "r"), [(0, 0), (1, 0), (5, 255), (8191, 0), (8191, 100)])
def test_the_frequencies_of_every_bound_and_class_sum_to_2_to_the_24(n: int, r: int) -> None:
    frequencies = np.diff(geometric(n, r, Tables.load(TABLES)))
    assert len(frequencies) == 2 * n + 1 and frequencies.sum() == 2**24
    assert frequencies.min() >= 1 and frequencies.argmax() == n
    assert np.array_equal(frequencies[:n], frequencies[:n:-1])
