"""A Ray cluster that is joined, or begun on this machine alone."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, Final

from acncodec.cluster.ray_executor import RayExecutor
from acncodec.errors import ClusterError, MissingExtraError
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import Run

LOCAL: Final = "local"
"""The address of a cluster that is begun for this process, on this machine."""
TRIES: Final = 3
"""So often in turn a cluster does not answer that is lost."""
ANSWER_SECONDS: Final = 5.0
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class RayCluster(AbstractContextManager["RayCluster"]):
    """A cluster on which shards are done: `Run.begin`.

    Args:
        address: as `ray.init` takes it, of a machine of the cluster to which this one belongs;
            `LOCAL` begins one here, which ends with this.
        threads: the processors of one that is begun.

    Raises:
        MissingExtraError: Ray is not installed.
        ClusterError: the cluster cannot be joined or begun, or has no processor.
    """

    def __init__(self, address: str = LOCAL, threads: int = 1) -> None:
        self.ray = _ray()
        self.address, self.is_lost = address, False
        self._models: dict[bytes, Any] = {}
        self._misses = 0
        _check_answers(address)
        with _signals_kept(), _joining(address):
            self.ray.init(
                address=address, num_cpus=threads if address == LOCAL else None,
                include_dashboard=False if address == LOCAL else None, log_to_driver=False,
                logging_level=logging.ERROR, configure_logging=False,
            )  # fmt: skip
        try:
            self._control = _control_address(self.ray)
            self.places(1)
        except BaseException:
            self.close()
            raise

    def __call__(
        self, run: Run, shards: int, models: Mapping[bytes, FrozenModel], /
    ) -> RayExecutor:
        """An executor of at most so many jobs with these models."""
        return RayExecutor(self, run, shards, models)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the cluster, or end it if it was begun by this."""
        self._models.clear()
        if not self.is_lost:
            self.ray.shutdown()

    def places(self, shards: int, *, gpus: bool = False) -> tuple[int, int]:
        """How many of so many jobs the cluster has room for at once, and threads for each.

        gpus: whether a job takes a GPU. Raises `ClusterError` where there is no processor, or none
        beside a GPU: Ray itself would wait for one without end.
        """
        nodes = [node["Resources"] for node in self.ray.nodes() if node["Alive"]]
        wanted = ("CPU", "GPU") if gpus else ("CPU",)
        processors = [
            int(node["CPU"]) for node in nodes if all(node.get(kind, 0) >= 1 for kind in wanted)
        ]
        if not processors:
            beside = " beside a GPU" if gpus else ""
            raise ClusterError(f"{self.address}: the cluster has no processor{beside} for shards")
        threads = max(1, min(sum(processors) // max(1, shards), *processors))
        return sum(cpus // threads for cpus in processors), threads

    def put_model(self, model: FrozenModel) -> Any:
        """The reference of a model in the object store, where it is put once, without what only
        analysis needs."""
        if model.model_id not in self._models:
            bare = replace(model, floats={}, card={})
            self._models[model.model_id] = self.ray.put(pickle.dumps(bare))
        return self._models[model.model_id]

    def check(self) -> None:
        """Raise `ClusterError` where the machine that controls the cluster does not answer, several
        times in turn: Ray itself would end this process, at once and without a word."""
        host, port = self._control
        try:
            with socket.create_connection((host, port), timeout=ANSWER_SECONDS):
                self._misses = 0
        except OSError as error:
            self._misses += 1
            if self._misses >= TRIES:
                self.is_lost = True
                raise ClusterError(
                    f"{host}:{port}: the cluster is lost: {error.strerror or error}"
                ) from error


def _ray() -> Any:
    # Ray reports how it is used, unless it is told not to before it is imported.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise MissingExtraError(
            "a cluster needs Ray, which is not installed; install acncodec with the extra 'ray'"
        ) from error
    return ray


def _check_answers(address: str) -> None:
    """Raise `ClusterError` where nobody listens at HOST:PORT: Ray itself would try for minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=ANSWER_SECONDS):
            return
    except (OSError, OverflowError) as error:
        cause = error.strerror if isinstance(error, OSError) else None
        raise ClusterError(f"{address}: cannot be joined: {cause or error}") from error


def _control_address(ray: Any) -> tuple[str, int]:
    """Where the cluster's control store listens."""
    host, _, port = ray.get_runtime_context().gcs_address.rpartition(":")
    return host.strip("[]"), int(port)


@contextmanager
def _joining(address: str) -> Iterator[None]:
    """Turn what Ray raises when it begins, which is anything, into a `ClusterError`."""
    try:
        yield
    except Exception as error:
        text = (str(error).strip() or type(error).__name__).splitlines()[0]
        what = "no cluster can be begun here" if address == LOCAL else "cannot be joined"
        raise ClusterError(f"{address}: {what}: {text}") from error


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Give signals their handlers back, in place of which Ray puts its own."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)
