"""Addresses: which are taken, and what is said of the others."""

from __future__ import annotations

import sys

import pytest

from acncodec.errors import DataError, MissingExtraError
from acncodec.remote.address import Address, is_address, store_of


def test_an_address_has_a_protocol_a_name_and_an_ending() -> None:
    one = Address("S3://sets/digits/a.b.npz")
    assert (one.protocol, one.name, one.suffix) == ("s3", "a.b.npz", ".npz")
    assert str(one) == "S3://sets/digits/a.b.npz"
    assert one.beside("c") == Address("S3://sets/digits/c")
    assert Address("hf://datasets/some/set/").name == "set"
    assert Address("http://[::1]:8000/a.npy").name == "a.npy"


def test_paths_are_no_addresses() -> None:
    for path in ("a.npz", "a::b.npy", "C:/a.npz", "s3:/sets/a.npz", "-", "./a:b"):
        assert not is_address(path)
    assert is_address("s3://sets/a.npz") and is_address("simplecache::s3://sets/a.npz")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("simplecache::s3://sets/a.npz", "is no address"),
        ("zip://a.npy::s3://sets/a.zip", "chain"),
        ("s3://sets/a::b", "chain"),
        ("memory://a::http://[::1]/b", "chain"),
        ("reference://sets/a.json", "leads to other addresses"),
        ("zip://a.npy", "leads to other addresses"),
        ("dir://a", "leads to other addresses"),
        ("file:///etc/passwd", "name its path"),
        ("local://a", "name its path"),
        ("sftp://me:secret@host/a.npz", "holds a password"),
        ("://a", "is no address"),
        ("a b://c", "is no address"),
    ],
)
def test_what_is_not_taken_is_said(text: str, cause: str) -> None:
    with pytest.raises(DataError, match=cause) as found:
        Address(text)
    assert "secret" not in str(found.value)


def test_an_unknown_kind_of_address_is_said() -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(DataError, match="nonesuch"):
        store_of(Address("nonesuch://a/b"))


def test_without_fsspec_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(MissingExtraError, match="extra 'addresses'"):
        store_of(Address("memory://a/b"))
