"""The catalogue: every data set can be asked for, and every file has a digest."""

from __future__ import annotations

import re

import pytest

from acncodec.data.catalogue import CATALOGUE, CIFAR10, MNIST
from acncodec.data.splits import BinaryPair

NAMES = ["mnist", "mnist-static", "fashion-mnist", "cifar10", "omniglot", "quickdraw", "celeba"]


def test_what_there_is() -> None:
    assert list(CATALOGUE) == NAMES
    assert all(CATALOGUE[name].name == name for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_file_has_an_address_and_a_digest(name: str) -> None:
    source = CATALOGUE[name]
    assert source.licence and source.origin and source.note
    files = [*source.files, *([source.bundle.file] if source.bundle else [])]
    for file in files:
        assert (file.url or source.url + file.name).startswith(("https://", "http://"))
        assert re.fullmatch("md5:[0-9a-f]{32}|sha256:[0-9a-f]{64}", file.digest)
        assert file.limit > file.content_bytes > 0
    known = {file.name for file in source.files}
    assert {name for split in source.splits for name in split.files} == known
    outputs = [split.output for split in source.splits]
    assert len({*outputs, *known}) == len(outputs) + len(known)


def test_digests_are_of_what_is_unpacked_of_a_gzip_and_of_a_tar_as_it_is() -> None:
    assert all(file.is_gzipped for file in MNIST.files)
    assert not any(file.is_gzipped for file in CIFAR10.files)
    assert CIFAR10.bundle is not None and not CIFAR10.bundle.file.is_gzipped


def test_the_draw_of_published_figures() -> None:
    seeds = [split.seed for split in MNIST.splits if isinstance(split, BinaryPair)]
    assert seeds == [2019, 2018]
