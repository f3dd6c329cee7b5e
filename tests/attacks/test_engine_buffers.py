"""Hostile models through the int16 engine between known bytes: none is read, none is written."""

from __future__ import annotations

import ctypes
import os
import signal
from collections import Counter
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from fuzzing.engines import INT16, check_engine, engine_target, models, run_guarded
from fuzzing.run import Findings, run_range
from fuzzing.targets import Target, WrongOutputError
from guarded import Guard

from acncodec.engines.int16.tile import lanes
from acncodec.models.frozen import FrozenModel

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(not lanes(), reason="this processor has no int16 engine"),
]
COUNT = 300


@pytest.fixture(scope="module")
def target() -> Target:
    found = engine_target()
    # A death would take the tests with it; `bench/mutated_models.py` runs in children.
    return Target(
        found.name, found.share, found.seeds, found.mutations, check_engine(models(), trap=False)
    )


def test_mutated_models_are_refused_or_stay_within_their_buffers(target: Target) -> None:
    findings = Findings()
    run_range([target], 1, range(COUNT), findings)
    assert findings.violations == []
    outcomes: Counter[str] = Counter()
    for (_, _, outcome), count in findings.counts.items():
        outcomes[outcome] += count
    assert outcomes.total() == COUNT
    assert outcomes[INT16] > COUNT // 6, outcomes
    assert outcomes["ModelError"] and outcomes["CorruptionError"] + outcomes["FormatError"]


@pytest.mark.parametrize("number", [0, 7, len(models()) - 14, len(models()) - 1])
def test_a_whole_model_stays_within_its_buffers(number: int) -> None:
    run_guarded(models()[number], Random(number), trap=True)


def spoiled(model: FrozenModel, spoil: Callable[[np.ndarray], None]) -> FrozenModel:
    """The same, whose engine does something to its weights when it is given them."""
    plain = model.decoder.int16

    class Spoiled(type(plain)):
        def __init__(self, layers: object, program: object) -> None:
            super().__init__(layers, program)
            spoil(program.weights)

    engine = Spoiled.__new__(Spoiled)
    engine.__dict__.update(plain.__dict__)
    model.decoder.__dict__["int16"] = engine
    return model


@pytest.mark.parametrize("offset", [-1, 0])
def test_a_write_beside_a_buffer_is_found(offset: int) -> None:
    for at_end in (False, True):
        guard = Guard(0x5A, at_end=at_end)
        array = guard.zeros((3, 5), np.int16)
        assert guard.is_whole
        place = array.ctypes.data + (array.nbytes if offset == 0 else offset)
        ctypes.memset(place, 0, 1)
        assert not guard.is_whole


def test_a_read_beside_a_buffer_is_found() -> None:
    """Between other bytes it gives another number."""
    found = set()
    for byte in (0x5A, 0xA5):
        array = Guard(byte, at_end=True).zeros(4, np.int16)
        found.add(_beyond(array.ctypes.data + array.nbytes))
    assert found == {0x5A, 0xA5}


def _beyond(address: int) -> int:
    return ctypes.c_uint8.from_address(address).value


@pytest.mark.parametrize("at_end", [False, True])
def test_a_touch_of_the_pages_beyond_is_a_death(at_end: bool) -> None:
    array = Guard(0x5A, at_end=at_end, trap=True).zeros((7,), np.int16)
    beyond = array.ctypes.data + (array.nbytes if at_end else -1)
    child = os.fork()
    if not child:
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        _beyond(beyond)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGSEGV


def test_an_engine_that_writes_or_reads_outside_is_told_of() -> None:
    model = models()[0]
    plain = model.decoder.int16
    try:
        with pytest.raises(WrongOutputError, match="written beside"):
            run_guarded(
                spoiled(model, lambda a: ctypes.memset(a.ctypes.data + a.nbytes, 0, 1)), Random(1),
                trap=False,
            )  # fmt: skip
        model.decoder.__dict__["int16"] = plain

        def take(weights: np.ndarray) -> None:
            weights += _beyond(weights.ctypes.data + weights.nbytes) & 1

        with pytest.raises(WrongOutputError, match="was read"):
            run_guarded(spoiled(model, take), Random(1), trap=False)
    finally:
        model.decoder.__dict__["int16"] = plain
