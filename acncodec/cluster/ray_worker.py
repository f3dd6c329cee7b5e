"""A job where it is done: in a process of a Ray cluster, which has each model once.

What goes there and comes back are bytes, so that arrays are writable again: those that Ray itself
gives out of its object store are not, and compiled loops would be compiled anew for them.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from acncodec import __version__
from acncodec.errors import AcnError, ClusterError
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products
from acncodec.run.memory import memory_errors
from acncodec.run.progress import silent
from acncodec.run.workers import Workers


@dataclass(frozen=True)
class Settings:
    """How to work there: acncodec's version, which must be the same; threads, batch and device as
    those of `Run`."""

    version: str
    threads: int
    batch: int
    device: str


@dataclass(frozen=True, eq=False)
class Failed:
    """What a job raised in place of a result."""

    error: AcnError


def do(settings: Settings, common: list[Any], models: Mapping[bytes, Any], job: bytes) -> bytes:
    """Do a job, and return the pickle of what comes of it, or of `Failed`.

    common: the reference of what is done with all jobs; models: references, by the ids of models,
    of these; each is fetched once in a process. job: its pickle.
    """
    try:
        if settings.version != __version__:
            raise ClusterError(
                f"a machine of the cluster has acncodec {__version__}, and this one "
                f"{settings.version}; all need the same"
            )
        with memory_errors():
            at_hand = {key: _model(reference) for key, reference in models.items()}
            with Workers(settings.threads, settings.batch, settings.device) as workers:
                found = _work(common[0])(pickle.loads(job), at_hand, workers, silent)  # noqa: S301
            return pickle.dumps(found, pickle.HIGHEST_PROTOCOL)
    except AcnError as error:
        return pickle.dumps(Failed(error), pickle.HIGHEST_PROTOCOL)


@lru_cache(maxsize=2)
def _work(reference: Any) -> Any:
    return _fetched(reference)


@lru_cache(maxsize=16)
def _model(reference: Any) -> FrozenModel:
    """A model, its products tried on this machine. Raises `ExactnessError` where they fail."""
    model: FrozenModel = _fetched(reference)
    check_products(model)
    return model


def _fetched(reference: Any) -> Any:
    import ray

    return pickle.loads(ray.get(reference))  # noqa: S301
