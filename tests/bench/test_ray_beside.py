"""`bench/ray_beside.py` without a cluster: a way is measured as the report expects it."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
from ray_beside import images_of, there_and_back

from acncodec.report.schema import ClusterWay


def test_a_way_without_a_cluster(tmp_path: Path) -> None:

    source, archive = tmp_path / "set.npy", tmp_path / "here.acn"
    np.save(source, images_of(20, None))
    task = {
        "way": "here", "source": str(source), "archive": str(archive), "size": 10,
        "only_compress": False, "begun": time.monotonic(),
    }  # fmt: skip
    found = there_and_back(task, tmp_path, None, None)
    way = msgspec.convert(found, ClusterWay)
    assert way.way == "here" and way.decompress_seconds is not None
    assert found["file_sha256"] == hashlib.sha256(archive.read_bytes()).hexdigest()


def test_there_are_only_so_many_images() -> None:
    with pytest.raises(SystemExit, match="only 10000 images"):
        images_of(10_001, None)
