"""`acncodec compress`: round trips, and what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_types import Acn
from forge import open_safetensors, safetensors
from npz import arrays, same
from optional import needs_torchac

from acncodec.codec import CompressOptions
from acncodec.models.frozen import FrozenModel
from acncodec_cli.compress_report import image_size, ratio
from acncodec_cli.options import DEFAULT_BATCH

JSON_FIELDS = {
    "images", "raw_bytes", "array_bytes", "file_bytes", "bits_per_image", "bits_per_dim",
    "nats_per_image", "bound_nats_per_image", "ideal_nats_per_image", "kl_nats_per_image",
    "reconstruction_nats_per_image", "initial_bits", "side_bytes", "order", "ordering", "coder",
    "model", "model_sha256", "seconds", "estimates",
}  # fmt: skip


@pytest.mark.parametrize("ordering", ["auto", "tour", "iid"])
def test_keep_gives_back_exactly_what_went_in(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, ordering: str
) -> None:
    archive, back = tmp_path / "a.acn", tmp_path / "b.npz"
    outcome = acn(
        "compress", data_file, archive, "--model", model_file, "--ordering", ordering, "--verify"
    )
    assert outcome.code == 0, outcome.err
    assert "x (raw/compressed)" in outcome.out
    assert acn("decompress", archive, back, "--model", model_file).code == 0
    assert same(data_file, back)


def test_any_gives_back_the_set_with_its_labels(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    archive, back = tmp_path / "a.acn", tmp_path / "b.npz"
    options = ("--model", model_file, "--order", "any", "--verify")
    assert acn("compress", data_file, archive, *options).code == 0
    assert acn("decompress", archive, back, "--model", model_file).code == 0
    before, after = arrays(data_file), arrays(back)
    order = after["y"].astype(np.int64)
    assert sorted(order.tolist()) == list(range(len(order)))
    assert np.array_equal(before["x"][order], after["x"])
    assert after["note"] == before["note"]


def test_an_urn_with_the_alpha_and_kernel_asked_for(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    archive, back = tmp_path / "a.acn", tmp_path / "b.npz"
    line = ("compress", data_file, archive, "--model", model_file)
    options = ("--order", "any", "--ordering", "urn", "--alpha", 20, "--kernel", 12)
    outcome = acn(*line, *options, "--verify", "--json")
    assert outcome.code == 0, outcome.err
    facts = json.loads(outcome.out)
    assert (facts["ordering"], facts["alpha"], facts["kernel"]) == ("urn", 20, 12)
    assert facts["bound_nats_per_image"] == pytest.approx(facts["ideal_nats_per_image"], rel=0.1)
    assert acn("decompress", archive, back, "--model", model_file).code == 0
    assert acn("verify", archive, "--model", model_file).code == 0
    shard = json.loads(acn("info", archive, "--json").out)["shards"][0]
    assert (shard["ordering"], shard["alpha"], shard["kernel"]) == ("urn", 20, 12)
    assert "ordering urn (alpha 20, kernel 12)" in acn("info", archive).out
    assert "ordering urn (alpha 20, kernel 12)" in acn(*line, *options, "-f").out


def test_threads_and_batch_change_no_byte(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    one, other = tmp_path / "1.acn", tmp_path / "2.acn"
    common = ("compress", data_file)
    few = ("--threads", 1, "--batch", 7)
    assert acn(*common, one, "--model", model_file, *few).code == 0
    many = ("--threads", 3, "--batch", 256, "--device", "cpu")
    assert acn(*common, other, "--model", model_file, *many).code == 0
    assert one.read_bytes() == other.read_bytes()


def test_json(acn: Acn, data_file: Path, model_file: Path, tmp_path: Path) -> None:
    archive = tmp_path / "a.acn"
    outcome = acn("compress", data_file, archive, "--model", model_file, "--json")
    assert outcome.code == 0, outcome.err
    facts = json.loads(outcome.out)
    assert set(facts) >= JSON_FIELDS
    assert facts["images"] == 40
    assert facts["raw_bytes"] == 40 * 64 // 8
    assert facts["array_bytes"] == 40 * 64
    assert facts["file_bytes"] == archive.stat().st_size
    bits = 8 * (facts["file_bytes"] - facts["side_bytes"])
    assert facts["bits_per_image"] == pytest.approx(bits / 40)
    assert facts["nats_per_image"] == pytest.approx(bits / 40 * np.log(2))
    # One posterior sample against another, over 40 images: agreement, not equality.
    assert facts["bound_nats_per_image"] == pytest.approx(facts["ideal_nats_per_image"], rel=0.1)


def test_it_says_what_each_ordering_was_thought_to_cost(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    common = ("compress", data_file, tmp_path / "a.acn", "--model", model_file, "-f")
    facts = json.loads(acn(*common, "--order", "any", "--json").out)
    assert set(facts["estimates"]) == {"iid", "tour", "set", "urn"}
    assert facts["estimates"]["set"] < facts["estimates"]["iid"]
    said = acn(*common, "--order", "any").out
    best = min(facts["estimates"], key=facts["estimates"].get)
    cost = facts["estimates"][best]
    assert f"{best}: estimated {cost:.1f} nats an image of latents and order; " in said


def test_no_images(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    source, archive, back = (tmp_path / name for name in ("e.npz", "e.acn", "b.npz"))
    np.savez(source, x=np.zeros((0, 8, 8), np.uint8), y=np.zeros(0, np.uint8))
    outcome = acn("compress", source, archive, "--model", model_file, "--json", "--verify")
    assert outcome.code == 0, outcome.err
    facts = json.loads(outcome.out)
    per_image = [key for key in facts if key.endswith("_per_image")]
    assert [facts[key] for key in per_image] == [None] * len(per_image)
    assert acn("info", archive).code == 0
    assert acn("decompress", archive, back, "--model", model_file).code == 0
    assert same(source, back)


def test_quiet_says_nothing(acn: Acn, data_file: Path, model_file: Path, tmp_path: Path) -> None:
    outcome = acn("compress", data_file, tmp_path / "a.acn", "--model", model_file, "-q")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


def test_verbose_may_stand_before_the_command(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    outcome = acn("-v", "compress", data_file, tmp_path / "a.acn", "--model", model_file)
    assert "data.npz: coding" in outcome.err


def test_verbose_says_which_engine(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "a.acn"
    monkeypatch.setenv("ACNCODEC_ENGINE", "float64")
    outcome = acn("compress", data_file, archive, "--model", model_file, "-v")
    assert outcome.code == 0 and "engine float64" in outcome.err
    assert "engine" not in acn("verify", archive, "--model", model_file).err
    monkeypatch.setenv("ACNCODEC_ENGINE", "int7")
    outcome = acn("verify", archive, "--model", model_file)
    assert outcome.code == 1 and "ACNCODEC_ENGINE" in outcome.err


def test_image_options(acn: Acn, model_file: Path, images: Any, tmp_path: Path) -> None:
    source, archive = tmp_path / "two.npz", tmp_path / "a.acn"
    np.savez(source, left=images[:20], right=images[20:], labels=np.arange(20))
    common = ("compress", source, archive, "--model", model_file)
    ambiguous = acn(*common)
    assert ambiguous.code == 1
    assert "left" in ambiguous.err
    assert "right" in ambiguous.err
    chosen = acn(
        *common, "--images", "right", "--layout", "nchw", "--not-aligned", "labels", "--aligned",
        "left",
    )  # fmt: skip
    assert chosen.code == 0, chosen.err
    assert "warning" in chosen.err


@pytest.mark.parametrize("gone", ["float.mixture.", "float.decoder."])
def test_a_model_without_float_weights_has_no_bound(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, gone: str
) -> None:
    """The archive is none the worse for it."""
    tensors, metadata = open_safetensors(model_file.read_bytes())
    model, target = tmp_path / "m.safetensors", tmp_path / "a.acn"
    kept = {name: entry for name, entry in tensors.items() if not name.startswith(gone)}
    model.write_bytes(safetensors(kept, metadata))
    outcome = acn("compress", data_file, target, "--model", model, "--json")
    assert outcome.code == 0 and "warning: no bound: " in outcome.err
    assert json.loads(outcome.out)["bound_nats_per_image"] is None
    assert acn("verify", target, "--model", model_file).code == 0


@pytest.mark.parametrize("order", ["keep", "any"])
def test_shards(acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, order: str) -> None:
    target, back = tmp_path / "a.acn", tmp_path / "b.npz"
    common = ("--model", model_file, "--shard-size", 15, "--order", order, "--verify", "--json")
    outcome = acn("compress", data_file, target, *common)
    assert outcome.code == 0, outcome.err
    facts, parts = json.loads(outcome.out), json.loads(acn("info", target, "--json").out)["shards"]
    assert facts["bound_nats_per_image"] is None and "there are several" in outcome.err
    assert facts["images"] == 40 and [part["images"] for part in parts] == [15, 15, 10]
    assert facts["file_bytes"] == target.stat().st_size
    assert acn("decompress", target, back, "--model", model_file).code == 0
    assert same(data_file, back) or order == "any"


def test_defaults_are_the_codec_s() -> None:
    assert CompressOptions().batch == DEFAULT_BATCH


def test_words() -> None:
    assert ratio(408, 100) == "4.08x (raw/compressed)"
    assert image_size((1, 28, 30)) == "28x30"
    assert image_size((3, 28, 30)) == "28x30x3"


def test_a_baseline_from_compress_to_info(
    acn: Acn, data_file: Path, baseline_file: Path, baseline: FrozenModel, tmp_path: Path
) -> None:
    archive, back = tmp_path / "a.acn", tmp_path / "back.npz"
    line = ("compress", data_file, archive, "--model", baseline_file)
    refused = acn(*line, "--ordering", "tour")
    assert refused.code == 1 and not archive.exists()
    assert "no prior network" in refused.err and "iid" in refused.err
    outcome = acn(*line, "--verify", "--json")
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["ordering"] == "iid"
    assert acn("verify", archive, "--model", baseline_file).code == 0
    facts = json.loads(acn("info", archive, "--json").out)
    assert facts["profile"] == baseline.profile and facts["format_version"] == 2
    assert acn("decompress", archive, back, "--model", baseline_file).code == 0
    with np.load(data_file) as before, np.load(back) as after:
        np.testing.assert_array_equal(before["x"], after["x"])


@needs_torchac
def test_the_other_coder_comes_back_and_is_named(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    archive, back = tmp_path / "a.acn", tmp_path / "b.npz"
    line = ("compress", data_file, archive, "--model", model_file, "--coder", "torchac", "--json")
    outcome = acn(*line)
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["coder"] == "torchac"
    assert json.loads(acn("info", archive, "--json").out)["coder"] == "torchac"
    assert acn("decompress", archive, back, "--model", model_file).code == 0
    assert same(data_file, back)


@pytest.mark.parametrize("solver", ["greedy", "improved", "tsp"])
def test_every_solver_gives_back_what_went_in(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, solver: str
) -> None:
    archive, back = tmp_path / "a.acn", tmp_path / "b.npz"
    line = ("compress", data_file, archive, "--model", model_file, "--json", "--verify")
    outcome = acn(*line, "--ordering", "tour", "--solver", solver)
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["solver"] == solver
    assert acn("decompress", archive, back, "--model", model_file).code == 0
    assert same(data_file, back)
