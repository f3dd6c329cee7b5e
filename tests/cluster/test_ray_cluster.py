"""Joining a Ray cluster, and what is said where that cannot be."""

from __future__ import annotations

import signal
import socket
import sys
from typing import Any

import pytest

from acncodec.cluster.ray_cluster import RayCluster
from acncodec.errors import ClusterError, MissingExtraError
from acncodec.models.frozen import FrozenModel

pytestmark = pytest.mark.timeout(900)


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match="extra 'ray'"):
        RayCluster()


def test_a_cluster_that_is_not_there_is_said() -> None:
    pytest.importorskip("ray", reason="Ray is not installed (extra `ray`)")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ClusterError, match=address):
            RayCluster(address)


def test_shards_have_the_processors_of_a_machine_among_them(machines: Any) -> None:
    with RayCluster(machines.address) as cluster:
        assert cluster.places(14) == (2, 1)
        assert cluster.places(1) == (2, 1)  # no machine has two


def test_a_model_is_put_once_and_signals_stay(machines: Any, tiny_model: FrozenModel) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with RayCluster(machines.address) as cluster:
        assert cluster.put_model(tiny_model) is cluster.put_model(tiny_model)
        found = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert found == before


def test_a_cluster_that_no_longer_answers_is_lost(
    machines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RayCluster(machines.address) as cluster:
        for _ in range(5):
            cluster.check()
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            monkeypatch.setattr(cluster, "_control", taken.getsockname())
            cluster.check()
            cluster.check()
            with pytest.raises(ClusterError, match="the cluster is lost"):
                cluster.check()
        assert cluster.is_lost
        monkeypatch.setattr(cluster, "is_lost", False)  # it is there, and to be left
