"""`bench/speed.py`: what is a stage's time, and what an efficiency is."""

from __future__ import annotations

import argparse
import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acncodec.data import bundled
from acncodec.models.frozen import FrozenModel
from acncodec.stack.ans import Stack
from acncodec.stack.even import Even

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture(scope="module")
def speed() -> dict[str, Any]:
    sys.path.insert(0, str(BENCH))
    try:
        return runpy.run_path(str(BENCH / "speed.py"))
    finally:
        sys.path.remove(str(BENCH))


@pytest.fixture(scope="module")
def one_run() -> dict[str, Any]:
    return runpy.run_path(str(BENCH / "speed_run.py"))


def test_a_stage_does_not_count_those_within(one_run: dict[str, Any]) -> None:
    clock, now = one_run["Clock"](), [0.0]
    one_run["Clock"]._timed.__globals__["time"] = argparse.Namespace(perf_counter=lambda: now[0])

    def inner() -> None:
        now[0] += 2.0

    timed_inner = clock._timed("inner", inner)

    def outer() -> None:
        now[0] += 1.0
        timed_inner()
        timed_inner()

    clock._timed("outer", outer)()
    assert clock.take(7.0) == {"inner": 4.0, "outer": 1.0, "other": 2.0}
    assert clock.seconds == {}


def test_every_stage_is_still_there(
    one_run: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A function that moved would leave its time to others, unseen."""
    clock = one_run["Clock"]()
    for stage, place in one_run["STAGES"]:
        module, _, path = place.partition(":")
        holder: Any = __import__(module, fromlist=["_"])
        *parents, name = path.split(".")
        for parent in parents:
            holder = getattr(holder, parent)
        monkeypatch.setattr(holder, name, getattr(holder, name))  # puts it back afterwards
        clock.watch(stage, place)
    stack = Stack.seeded(bytes(32))
    stack.push(np.zeros(3, np.int64), Even(2, count=3))
    assert set(clock.seconds) == {"entropy_coding"}


def test_a_run_says_where_the_time_goes(tmp_path: Path) -> None:
    with np.load(bundled()) as arrays:
        np.save(tmp_path / "few.npy", arrays["x"][:3])
    line = [sys.executable, str(BENCH / "speed_run.py"), str(tmp_path / "few.npy"), "--stages"]
    found = json.loads(subprocess.run(line, check=True, stdout=subprocess.PIPE).stdout)
    for way in ("compress", "decompress"):
        stages = found[way]["stage_seconds"]
        assert stages["decoder"] > 0 and sum(stages.values()) == pytest.approx(
            found[way]["seconds"]
        )


def test_efficiencies(speed: dict[str, Any]) -> None:
    run = {
        "engine": "int16", "images": 10,
        "compress": {"seconds": 2.0}, "decompress": {"seconds": 4.0},
    }  # fmt: skip
    peak = {"float64": 50.0, "int16": 400.0}
    rows = speed["rated"](run, peak, macs=10**9)
    assert rows["compress"] == {"seconds": 2.0, "efficiency": 0.2, "own_efficiency": 0.025}
    assert rows["decompress"]["efficiency"] == pytest.approx(0.1)


def test_the_decoder_is_divided(speed: dict[str, Any]) -> None:
    run = {
        "engine": "int16", "images": 10, "decompress": {},
        "compress": {"stage_seconds": {"decoder": 3.0, "other": 1.0}},
    }  # fmt: skip
    speed["divided"](run, {"int16": 0.2, "float64": None})
    assert run["compress"]["stage_seconds"] == {
        "other": 1.0, "decoder_products": pytest.approx(2.0),
        "gates_and_tables": pytest.approx(1.0),
    }  # fmt: skip


def test_peaks_and_products_are_measured(
    speed: dict[str, Any], tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    peaks = sys.modules["speed_peaks"]
    monkeypatch.setattr(peaks, "SECONDS", 0.0)
    monkeypatch.setattr(peaks, "TRIES", 1)
    monkeypatch.setattr(peaks, "SHAPES", ((8, 8, 8),))
    found = speed["peaks"](tiny_model.decoder, 2)
    assert found["threads"] == 2 and found["float64"] > 0
    assert speed["float_products"](tiny_model.decoder) > 0
    products = speed["int16_products"](tiny_model.decoder)
    assert (products is None) == (found["int16"] is None)
