"""A model that was used is copied and sent to other processes like one that was not."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import numpy as np
import pytest
from copied_work import Files, coded
from joblib import Parallel, delayed
from tiny import BASELINES, blobs, frozen
from torch.utils.data import DataLoader

from acncodec.engines.choice import VARIABLE
from acncodec.engines.int16.tile import lanes
from acncodec.models.frozen import FrozenModel
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder

COPIES: dict[str, Callable[[FrozenModel], FrozenModel]] = {
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),  # noqa: S301
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
    "replace": replace,
    "with_card": lambda model: model.with_card(note="the same integers"),
}


@pytest.fixture(scope="module")
def used() -> tuple[FrozenModel, bytes]:
    """A model that has coded and decoded something, and the file."""
    model = frozen(6)
    return model, coded(model)


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_gives_the_same_file(way: str, used: tuple[FrozenModel, bytes]) -> None:
    model, wanted = used
    assert coded(COPIES[way](model)) == wanted


@pytest.mark.parametrize("way", ["pickle", "deepcopy"])
def test_a_copy_outlives_the_first(way: str) -> None:
    """Nothing in it points to where the first one's weights were."""
    model = frozen(6)
    wanted = coded(model)
    other = COPIES[way](model)
    decoder = model.decoder
    assert isinstance(decoder, ExactDecoder)
    if lanes():
        assert decoder.int16 is not None
        for part in decoder.int16.program:
            if isinstance(part, np.ndarray):
                part.fill(0)
    assert coded(other) == wanted


@pytest.mark.skipif(not lanes(), reason="this processor has no product of int16")
@pytest.mark.parametrize("kind", ["acn", *BASELINES])
def test_what_a_model_prepared_is_no_part_of_a_copy(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = frozen(6, kind)
    before = pickle.dumps(model)
    for engine in ("int16", "float64"):
        monkeypatch.setenv(VARIABLE, engine)
        coded(model)
    decoder = model.decoder
    prepared = "int16" if isinstance(decoder, ExactDecoder) else "program"
    holder = decoder if isinstance(decoder, ExactDecoder) else decoder.logit
    assert prepared in vars(holder)
    assert len(pickle.dumps(model)) <= len(before)
    for way in ("pickle", "deepcopy"):
        other = COPIES[way](model).decoder
        assert prepared not in vars(other if isinstance(other, ExactDecoder) else other.logit)


def test_spawned_workers_give_the_same_file(used: tuple[FrozenModel, bytes]) -> None:
    model, wanted = used
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(coded, [model, model])) == [wanted, wanted]


def test_jobs_of_joblib_give_the_same_file(used: tuple[FrozenModel, bytes]) -> None:
    model, wanted = used
    assert Parallel(n_jobs=2)(delayed(coded)(model) for _ in range(2)) == [wanted, wanted]


def test_spawned_workers_of_a_loader_give_the_same_file(used: tuple[FrozenModel, bytes]) -> None:
    model, wanted = used
    loader = DataLoader(
        Files(model), batch_size=None, num_workers=1, multiprocessing_context="spawn"
    )
    assert [bytes(file.numpy()) for file in loader] == [wanted, wanted]


def test_threads_that_begin_at_once_get_the_same_integers() -> None:
    """Whether one prepares the layers for all, or each for itself."""
    model, images = frozen(6), blobs(11, 7)
    codes = frozen(6).encoder.codes(images)
    wanted = frozen(6).decoder.score(codes, images)
    ready = Barrier(4)

    def score(_: int) -> np.ndarray:
        ready.wait()
        return model.decoder.score(model.encoder.codes(images), images)

    with ThreadPoolExecutor(4) as pool:
        assert all(np.array_equal(found, wanted) for found in pool.map(score, range(4)))
