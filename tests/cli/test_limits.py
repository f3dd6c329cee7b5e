"""Archives that ask for much: refused, allowed, announced; images that are rather stored."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn
from level_sets import level_array, tiny_resnet

from acncodec.codec import demand
from acncodec.models import work
from acncodec_cli import limits
from acncodec_cli.limits import duration

pytest.importorskip("imagecodecs")


@pytest.fixture
def grey_model(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    path.write_bytes(tiny_resnet(1).to_bytes())
    return path


@pytest.fixture
def grey_data(tmp_path: Path) -> Path:
    path = tmp_path / "grey.npz"
    np.savez(path, x=level_array("grey", 12, 3))
    return path


@pytest.fixture
def packed(acn: Acn, grey_data: Path, grey_model: Path, tmp_path: Path) -> Path:
    path = tmp_path / "grey.acn"
    line = ("compress", grey_data, path, "--model", grey_model, "--stored", "never")
    assert acn(*line).code == 0
    return path


@pytest.mark.parametrize("more", [(), ("--range", "2:5"), ("--salvage",)])
def test_what_asks_for_too_much_is_refused_unless_allowed(
    acn: Acn, packed: Path, grey_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    more: tuple[str, ...],
) -> None:  # fmt: skip
    monkeypatch.setattr(demand, "MAX_PIXELS", 29)
    before = sorted(tmp_path.rglob("*"))
    line = ("decompress", packed, tmp_path / "back.npz", "--model", grey_model, *more)
    outcome = acn(*line)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(f"acncodec: {packed}: an image of 30 pixels")
    assert "--allow-large" in outcome.err
    assert sorted(tmp_path.rglob("*")) == before
    assert acn(*line, "--allow-large").code == 0
    assert (tmp_path / "back.npz").exists()


def test_verify_refuses_it_too(
    acn: Acn, packed: Path, grey_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demand, "FREE_BYTES", 12 * 30 - 1)
    monkeypatch.setattr(demand, "BYTES_A_BYTE", 0)
    outcome = acn("verify", packed, "--model", grey_model)
    assert (outcome.code, "images of 360 bytes" in outcome.err) == (1, True)
    assert acn("verify", packed, "--model", grey_model, "--allow-large").code == 0


def test_it_is_refused_before_a_model_is_looked_for(
    acn: Acn, packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demand, "MAX_PIXELS", 29)
    outcome = acn("decompress", packed, tmp_path / "back.npz")  # the model is not bundled
    assert (outcome.code, "an image of 30 pixels" in outcome.err) == (1, True)


def test_long_times_are_announced(
    acn: Acn, grey_data: Path, grey_model: Path, packed: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    model = ("--model", grey_model)
    assert acn("decompress", packed, tmp_path / "a.npz", *model).err == ""
    monkeypatch.setattr(limits, "LONG_SECONDS", 0.0)
    outcome = acn("decompress", packed, tmp_path / "b.npz", *model)
    assert (outcome.code, outcome.err) == (0, f"acncodec: {packed}: decoding takes about 0 s\n")
    assert acn("decompress", packed, tmp_path / "c.npz", *model, "-q").err == ""
    outcome = acn("compress", grey_data, tmp_path / "d.acn", *model, "--stored", "never")
    assert outcome.err == f"acncodec: {grey_data}: compressing takes about 0 s\n"


def test_times_are_told_in_what_suits_them() -> None:
    assert [duration(seconds) for seconds in (12.3, 99, 600, 5999, 36_000)] == [
        "12 s", "99 s", "10 minutes", "100 minutes", "10.0 hours",
    ]  # fmt: skip


def test_slow_images_are_stored_and_it_is_said(
    acn: Acn, grey_data: Path, grey_model: Path, packed: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(work, "SLOW_MACS", 1)
    target = tmp_path / "slow.acn"
    line = ("compress", grey_data, target, "--model", grey_model, "-f", "--json")
    outcome = acn(*line)
    assert outcome.code == 0 and json.loads(outcome.out)["stored_images"] == 12
    assert "all images stored" in outcome.err
    assert "they would take over a second each to decode (--allow-large models them)" in outcome.err
    assert acn("verify", target).code == 0
    for option in (("--stored", "never"), ("--allow-large", "--stored", "never")):
        assert acn(*line, *option).code == 0
        assert target.read_bytes() == packed.read_bytes()
    outcome = acn(*line, "--allow-large")
    assert outcome.code == 0 and "--allow-large" not in outcome.err


def test_slow_images_of_a_mixed_set_are_stored_the_others_modelled(
    acn: Acn, grey_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = pytest.importorskip("PIL.Image")
    folder = tmp_path / "in"
    folder.mkdir()
    for at, (height, width) in enumerate([(6, 5)] * 40 + [(9, 9)] * 3):
        pixels = level_array("grey", 1, at, height, width)[0]
        image.fromarray(pixels).save(folder / f"{at:02}.png")
    monkeypatch.setattr(work, "SLOW_MACS", tiny_resnet(1).macs_of((6, 5)))
    line = ("compress", folder, tmp_path / "a.acn", "--model", grey_model, "--json")
    outcome = acn(*line)
    assert outcome.code == 0, outcome.err
    stored = {one["height"]: one["stored"] for one in json.loads(outcome.out)["shapes"]}
    assert stored[9] == 3
    assert "would take over a second each to decode" in outcome.err


def test_a_file_that_readers_would_refuse_is_warned_of(
    acn: Acn, grey_data: Path, grey_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demand, "FREE_BYTES", 10)
    monkeypatch.setattr(demand, "BYTES_A_BYTE", 0)
    line = ("compress", grey_data, tmp_path / "a.acn", "--model", grey_model, "--verify", "-f")
    outcome = acn(*line)
    assert outcome.code == 0
    assert "decompress will refuse it without --allow-large: images of 360 bytes" in outcome.err
    assert "will refuse" not in acn(*line, "--allow-large").err
