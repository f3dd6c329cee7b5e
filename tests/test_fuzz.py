"""A few thousand spoiled inputs, always the same ones; bench/fuzz.py runs a million.

Every target and every mutation is met; nothing but an error of the package's own, the original,
or another valid input may come of any.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
from forge import open_safetensors, safetensors, take_apart
from fuzzing.archives import GOLDEN
from fuzzing.mutations import EDGES
from fuzzing.run import Case, Findings, all_targets, make_case, run_case, run_range
from fuzzing.targets import Target, WrongOutputError

import acncodec.shards.stack
from acncodec.stack.ans import Stack

SEED, INPUTS = 0, 2500

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> list[Target]:
    return all_targets(tmp_path_factory.mktemp("fuzz"))


def test_nothing_comes_of_spoiled_inputs_but_what_may(targets: list[Target]) -> None:
    findings = Findings()
    run_range(targets, SEED, range(INPUTS), findings)
    assert findings.violations == []
    assert sum(findings.counts.values()) == INPUTS
    assert {target for target, _, _ in findings.counts} == {target.name for target in targets}
    outcomes = {outcome for _, _, outcome in findings.counts}
    assert outcomes >= {"exact", "other", "FormatError", "CorruptionError", "ModelError"}


def test_unspoiled_inputs_come_back(targets: list[Target]) -> None:
    for target in targets:
        for number, seed in enumerate(target.seeds):
            outcome, error = run_case(Case(target, "nothing", number, seed))
            assert error is None and outcome in ("exact", "other"), target.name


def test_an_input_is_the_same_wherever_it_is_made(targets: list[Target]) -> None:
    for number in range(200):
        one, two = (make_case(targets, 7, number) for _ in range(2))
        assert (one.target.name, one.mutation, one.data) == (
            two.target.name,
            two.mutation,
            two.data,
        )


def test_every_mutation_changes_something(targets: list[Target]) -> None:
    for target in targets:
        for name, way in target.mutations.items():
            spoilt = (way(Random(number), target.seeds) for number in range(40))
            assert any(data != target.seeds[0] for data in spoilt), (target.name, name)


def test_a_reader_that_trusts_the_stack_is_found_out(
    targets: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fuzzer is worth something: without the final check it sees wrong images at once."""
    monkeypatch.setattr(Stack, "unsealed", lambda _: np.zeros(8, np.uint32))
    monkeypatch.setattr(acncodec.shards.stack, "seed_words", lambda *_: np.zeros(8, np.uint32))
    (decode,) = (target for target in targets if target.name == "decode")
    findings = Findings()
    run_range([decode], SEED, range(150), findings)
    assert any(entry["outcome"] == "raised WrongOutputError" for entry in findings.violations)


@pytest.mark.parametrize("error", [KeyError, MemoryError, KeyboardInterrupt, WrongOutputError])
def test_what_must_not_happen_is_noted(error: type[BaseException]) -> None:
    def check(data: bytes, seed: int, repaired: bool) -> str:
        raise error("oh")

    target = Target("t", 1, [b"a"], {"m": lambda rng, seeds: seeds[0]}, check)
    findings = Findings()
    run_range([target], SEED, range(3), findings)
    assert [entry["number"] for entry in findings.violations] == [0, 1, 2]
    assert findings.counts["t", "m", f"raised {error.__name__}"] == 3


def test_what_is_taken_apart_is_put_together_again() -> None:
    for path in GOLDEN.glob("*.acn"):
        parts = take_apart(path.read_bytes())
        assert take_apart(parts.to_bytes()) == parts
    data = (GOLDEN / "model.safetensors").read_bytes()
    assert open_safetensors(safetensors(*open_safetensors(data))) == open_safetensors(data)
    assert len(set(EDGES)) > 30 and Path(GOLDEN).is_dir()
