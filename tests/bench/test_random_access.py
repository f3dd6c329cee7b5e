"""`bench/random_access.py`: all images come in each way, and a cold one once from each shard."""

from __future__ import annotations

from pathlib import Path

import pytest
from random_access import cold, epochs, write

from acncodec.codec import Reader
from acncodec.models.registry import find_for_data


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "a.acn"
    write(path, 24, 8, find_for_data((1, 28, 28), 2))
    return path


def test_each_way_has_its_time(archive: Path) -> None:
    with Reader(archive) as reader:
        assert (len(reader), reader.header.order) == (24, "any")
    took = epochs(archive, find_for_data((1, 28, 28), 2), 1)
    assert set(took) == {"whole", "batches", "single"} and min(took.values()) > 0


def test_one_image_of_each_shard_is_cold(archive: Path) -> None:
    found = cold(archive, 8)
    assert found["shards"] == 3 and found["first_seconds"] > 0
    assert 0 < found["median_milliseconds"] <= found["largest_milliseconds"]
