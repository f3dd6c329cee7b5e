"""A Ray cluster of two machines, which are processes of this one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SUPPORT = Path(__file__).parent.parent / "support"
STORE_BYTES = 80 << 20
"""Of each machine's object store: the least that Ray takes is 75 MiB."""


TRIES = 4
"""A machine has 30 s to begin, which on a busy one may not be enough."""


def _begun(begin: Callable[[], Any]) -> Any:
    """What is begun, once it is in time."""
    for _ in range(TRIES - 1):
        with contextlib.suppress(Exception):
            return begin()
    return begin()


@pytest.fixture(scope="module")
def machines() -> Iterator[Any]:
    """Two machines of one processor each; `.address` says where."""
    pytest.importorskip("ray", reason="Ray is not installed (extra `ray`)")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        # What jobs of tests are made of, workers import too.
        paths = [str(SUPPORT), os.environ.get("PYTHONPATH", "")]
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
        from ray.cluster_utils import Cluster

        options = {"num_cpus": 1, "object_store_memory": STORE_BYTES}
        head = options | {"include_dashboard": False}
        cluster = _begun(lambda: Cluster(initialize_head=True, head_node_args=head))
        try:
            _begun(lambda: cluster.add_node(**options))
            yield cluster
        finally:
            cluster.shutdown()
