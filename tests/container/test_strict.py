from __future__ import annotations

import zlib
from typing import Any

import pytest

from acncodec.container.strict import (
    Fields,
    check_bool,
    check_choice,
    check_int,
    check_label,
    deflate,
    inflate,
    parse_object,
)
from acncodec.errors import FormatError


@pytest.mark.parametrize("raw", [b"", b"a", bytes(range(256)) * 9])
def test_deflate_and_inflate(raw: bytes) -> None:
    assert inflate(deflate(raw), len(raw)) == raw
    assert inflate(deflate(raw), len(raw) + 99) == raw


def test_inflate_is_bounded_and_strict() -> None:
    packed = deflate(bytes(1 << 20))
    with pytest.raises(FormatError, match="more than 1048575"):
        inflate(packed, (1 << 20) - 1)
    for length in range(len(packed)):
        with pytest.raises(FormatError):
            inflate(packed[:length], 1 << 20)
    with pytest.raises(FormatError, match="1 bytes after"):
        inflate(packed + b"\0", 1 << 20)
    with pytest.raises(FormatError, match="corrupt"):
        inflate(zlib.compress(b"abc"), 9)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"1",
        b"null",
        b"\xff{}",
        b"{} {}",
        b'{"a":1,"a":2}',
        b'{"b":{"a":1,"a":2}}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":' + b"[" * 200_000,
        b'{"a":' * 200_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_malformed_json(text: bytes) -> None:
    with pytest.raises(FormatError, match="malformed JSON"):
        parse_object(text)


def test_checks() -> None:
    assert check_int(3, "it", 0, 3) == 3
    assert check_choice("a", "it", ("a", "b")) == "a"
    assert check_label("a b-1.é", "it") == "a b-1.é"
    assert check_bool(False, "it") is False


@pytest.mark.parametrize("value", [True, 1.0, "1", None, [1], -1, 4, 10**4000])
def test_what_is_no_integer_or_out_of_range(value: Any) -> None:
    with pytest.raises(FormatError, match="it must be"):
        check_int(value, "it", 0, 3)


@pytest.mark.parametrize("value", ["", "a\n", "\x1b[31m", "\ud800", "a" * 256, 1, None])
def test_what_is_no_label(value: Any) -> None:
    with pytest.raises(FormatError, match="it must be 1 to 255 printable"):
        check_label(value, "it")


def test_what_is_no_choice_and_no_bool() -> None:
    for value in ("c", "", 1, ["a"], "a" * 10_000):
        with pytest.raises(FormatError, match=r"it must be a or b, not .{1,60}$"):
            check_choice(value, "it", ("a", "b"))
    for value in (0, 1, "true"):
        with pytest.raises(FormatError, match="it must be true or false"):
            check_bool(value, "it")


def test_fields_are_taken_once_and_none_is_left() -> None:
    fields = Fields({"a": 1, "b": None, "c": 2}, "it")
    assert fields.take("a") == 1
    assert fields.take("z", 7) == 7
    with pytest.raises(FormatError, match="it lacks the field 'a'"):
        fields.take("a")
    with pytest.raises(FormatError, match="it lacks the field 'b'"):
        fields.take("b", 3)
    with pytest.raises(FormatError, match="it has the unknown field 'c'"):
        fields.finish()
    with pytest.raises(FormatError, match="it must be an object, not list"):
        Fields([], "it")
