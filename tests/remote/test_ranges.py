"""Of an archive at an address those shards are moved that are asked for, and no others."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lines import Line, line_to

from acncodec.codec import CompressOptions, Reader
from acncodec.codec.compress_set import compress_set
from acncodec.images.recognised import recognise
from acncodec.remote import reading
from acncodec.remote.address import Address
from acncodec.remote.reading import open_address
from acncodec_cli.main import run

AT = Address("s3://sets/noise.acn")
SHARDS, SIZE = 6, 8
IMAGES = np.random.default_rng(1).integers(0, 256, (SHARDS * SIZE, 96, 96), np.uint8)
SHARD_BYTES = IMAGES[:SIZE].nbytes
BLOCK_BYTES = 4096
BESIDE = 16 * BLOCK_BYTES
"""Header, ends of blocks, and what the protocol says around them."""


@pytest.fixture(scope="module")
def archive() -> bytes:
    """Shards of noise, which is stored and grows no smaller."""
    file = io.BytesIO()
    options = CompressOptions("keep", shard_size=SIZE, threads=1)
    compress_set(recognise({"x": IMAGES}), [], options, file)
    assert len(file.getvalue()) > SHARDS * SHARD_BYTES
    return file.getvalue()


@pytest.fixture
def line(s3: Any, archive: bytes, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A line to the server, on which the archive lies."""
    monkeypatch.setattr(reading, "BLOCK_BYTES", BLOCK_BYTES)
    s3.put("noise.acn", archive)
    with line_to(s3.host, s3.port) as line:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{line.port}")
        yield line


def test_images_of_two_shards_move_two_shards(line: Line) -> None:
    with open_address(AT) as file, Reader(file, []) as reader:
        assert line.received < BESIDE
        found = reader[3 * SIZE - 1 : 3 * SIZE + 1]
    assert np.array_equal(found, IMAGES[3 * SIZE - 1 : 3 * SIZE + 1])
    assert 2 * SHARD_BYTES < line.received < 2 * SHARD_BYTES + BESIDE


def test_the_command_moves_no_more(line: Line, tmp_path: Path) -> None:
    target = tmp_path / "back.npz"
    command = ["decompress", str(AT), str(target), "--range", f"{2 * SIZE}:{2 * SIZE + 3}"]
    assert run(command) == 0
    with np.load(target) as arrays:
        assert np.array_equal(arrays["x"], IMAGES[2 * SIZE : 2 * SIZE + 3])
    assert SHARD_BYTES < line.received < SHARD_BYTES + BESIDE


def test_the_header_moves_no_shard(line: Line) -> None:
    assert run(["info", str(AT)]) == 0
    assert line.received < BESIDE
