"""`acncodec compress`: round trips, refusals, and what is left behind."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from cli_types import Acn
from forge import open_safetensors, safetensors
from numpy.typing import NDArray
from optional import needs_torchac
from tiny import blobs

import acncodec.codec
from acncodec.codec import CompressOptions
from acncodec.coding.torchac_backend import load_torchac
from acncodec.exact.model import FrozenModel
from acncodec.images import DataSet, load_dataset
from acncodec_cli.compress import image_size, ratio
from acncodec_cli.options import DEFAULT_BATCH

JSON_FIELDS = {
    "images", "raw_bytes", "array_bytes", "file_bytes", "bits_per_image", "nats_per_image",
    "bound_nats_per_image", "ideal_nats_per_image", "kl_nats_per_image",
    "reconstruction_nats_per_image", "initial_bits", "side_bytes", "order", "ordering", "coder",
    "model", "model_sha256", "seconds", "estimates",
}  # fmt: skip


def arrays(path: Path) -> dict[str, NDArray[Any]]:
    with np.load(path, allow_pickle=False) as archive:
        return dict(archive)


def same(one: Path, other: Path) -> bool:
    first, second = arrays(one), arrays(other)
    return list(first) == list(second) and all(
        first[name].dtype == second[name].dtype
        and first[name].shape == second[name].shape
        and first[name].tobytes() == second[name].tobytes()
        for name in first
    )


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


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--ordering", "urn"), 1),
        (("--order", "any", "--alpha", 10), 1),
        (("--order", "any", "--ordering", "set", "--kernel", 10), 1),
        (("--order", "any", "--ordering", "urn", "--alpha", 0), 2),
        (("--order", "any", "--ordering", "urn", "--kernel", 5000), 2),
    ],
)
def test_what_does_not_go_with_an_urn_is_refused(
    acn: Acn,
    data_file: Path,
    model_file: Path,
    tmp_path: Path,
    options: tuple[object, ...],
    code: int,
) -> None:
    archive = tmp_path / "a.acn"
    assert acn("compress", data_file, archive, "--model", model_file, *options).code == code
    assert not archive.exists()


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


def test_an_existing_target_is_refused_before_any_work(
    acn: Acn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data_file: Path, model_file: Path
) -> None:
    target = tmp_path / "a.acn"
    target.write_bytes(b"mine")
    with monkeypatch.context() as patch:
        patch.setattr("acncodec.images.load_dataset", None)
        outcome = acn("compress", data_file, target, "--model", model_file)
    assert outcome.code == 1
    assert outcome.err == f"acncodec: {target}: exists; use -f to overwrite it\n"
    assert target.read_bytes() == b"mine"
    assert acn("compress", data_file, target, "--model", model_file, "-f").code == 0
    assert acn("verify", target, "--model", model_file).code == 0


@pytest.mark.parametrize("alias", ["same", "link", "dotted"])
def test_the_source_is_never_the_target(
    acn: Acn, data_file: Path, model_file: Path, alias: str
) -> None:
    before = data_file.read_bytes()
    target = data_file
    if alias == "link":
        target = data_file.with_name("link")
        target.symlink_to(data_file)
    if alias == "dotted":
        target = Path(f"{data_file.parent}/../{data_file.parent.name}/{data_file.name}")
    outcome = acn("compress", data_file, target, "--model", model_file, "-f")
    assert outcome.code == 1
    assert "is the input" in outcome.err
    assert data_file.read_bytes() == before


def test_the_model_is_never_the_target(
    acn: Acn, data_file: Path, archive: Path, model_file: Path, tmp_path: Path
) -> None:
    """An archive in the place of the only model that opens it could never be opened."""
    model = tmp_path / "model.safetensors"
    model.write_bytes(model_file.read_bytes())
    for command, source in (("compress", data_file), ("decompress", archive)):
        outcome = acn(command, source, model, "--model", model, "-f")
        assert outcome.code == 1 and "is the input" in outcome.err
    assert model.read_bytes() == model_file.read_bytes()


@pytest.mark.parametrize(
    ("target", "cause"),
    [
        ("-", "not written to standard output"),
        (".", "is a folder"),
        ("/dev/null", "is not a regular file"),
        ("missing/a.acn", "does not exist"),
    ],
)
def test_targets_that_cannot_be(
    acn: Acn, data_file: Path, model_file: Path, target: str, cause: str
) -> None:
    outcome = acn("compress", data_file, target, "--model", model_file, "-f")
    assert outcome.code == 1
    assert outcome.err.startswith(f"acncodec: {target}: ")
    assert cause in outcome.err


def test_a_missing_source_is_named(acn: Acn, tmp_path: Path) -> None:
    outcome = acn("compress", tmp_path / "none.npz", tmp_path / "a.acn")
    assert outcome.code == 1
    assert outcome.err.startswith(f"acncodec: {tmp_path / 'none.npz'}: ")
    assert "Traceback" not in outcome.err


def test_without_a_fitting_model_the_error_says_how_to_get_one(
    acn: Acn, data_file: Path, tmp_path: Path
) -> None:
    outcome = acn("compress", data_file, tmp_path / "a.acn")
    assert outcome.code == 1
    assert "8x8" in outcome.err
    assert "2 levels" in outcome.err
    assert "acncodec train" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["data.npz"]


def test_a_model_that_does_not_fit_is_refused(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    source = tmp_path / "big.npz"
    np.savez(source, x=np.eye(9, dtype=np.uint8)[None].repeat(3, 0))
    outcome = acn("compress", source, tmp_path / "a.acn", "--model", model_file)
    assert outcome.code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["big.npz"]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
@pytest.mark.parametrize("command", ["compress", "verify", "decompress", "bench"])
def test_cuda_without_a_device_is_a_clear_error(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, command: str
) -> None:
    archive = tmp_path / "a.acn"
    assert acn("compress", data_file, archive, "--model", model_file).code == 0
    before = archive.read_bytes()
    arguments = {
        "compress": ("compress", "-f", data_file, archive),
        "verify": ("verify", archive),
        "decompress": ("decompress", archive, tmp_path / "b.npz"),
        "bench": ("bench", data_file, "--samples", 2),
    }[command]
    outcome = acn(*arguments, "--model", model_file, "--device", "cuda")
    assert outcome.code == 1
    assert "no CUDA device" in outcome.err
    assert [path.name for path in tmp_path.glob("*.acn")] == ["a.acn"]
    assert archive.read_bytes() == before and not (tmp_path / "b.npz").exists()


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


def test_verify_compares_before_the_rename(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.npz"
    np.savez(other, **arrays(data_file) | {"y": np.zeros(40, np.int16)})
    wrong = load_dataset(other)
    monkeypatch.setattr(acncodec.codec, "decompress_archive", lambda *_arguments: wrong)
    target = tmp_path / "a.acn"
    outcome = acn("compress", data_file, target, "--model", model_file, "--verify")
    assert outcome.code == 1
    assert "does not give back" in outcome.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.npz", "other.npz"]


def test_verify_reads_the_source_once_more(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source that changes while it is compressed: what was read came back, and yet."""
    read = acncodec.codec.decompress_archive

    def while_decoding(*arguments: Any) -> DataSet:
        np.savez(data_file, **arrays(data_file) | {"y": np.zeros(40, np.int16)})
        return read(*arguments)

    monkeypatch.setattr(acncodec.codec, "decompress_archive", while_decoding)
    target = tmp_path / "a.acn"
    outcome = acn("compress", data_file, target, "--model", model_file, "--verify")
    assert outcome.code == 1
    assert "data.npz: the input has changed since it was read" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["data.npz"]


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


def test_warnings_come_once_with_verify(
    acn: Acn, model_file: Path, images: Any, tmp_path: Path
) -> None:
    source = tmp_path / "two.npz"
    np.savez(source, x=images[:20], other=images[20:])
    outcome = acn("compress", source, tmp_path / "a.acn", "--model", model_file, "--verify")
    assert outcome.code == 0 and outcome.err.count("acncodec: warning") == 1


@pytest.mark.parametrize("order", ["keep", "any"])
def test_shards(acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, order: str) -> None:
    target, back = tmp_path / "a.acn", tmp_path / "b.npz"
    common = ("--model", model_file, "--shard-size", 15, "--order", order, "--verify", "--json")
    outcome = acn("compress", data_file, target, *common)
    assert outcome.code == 0, outcome.err
    facts, parts = json.loads(outcome.out), json.loads(acn("info", target, "--json").out)["shards"]
    assert facts["images"] == 40 and [part["images"] for part in parts] == [15, 15, 10]
    assert facts["file_bytes"] == target.stat().st_size
    assert acn("decompress", target, back, "--model", model_file).code == 0
    assert same(data_file, back) or order == "any"


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (MemoryError, 1)])
def test_nothing_is_left_behind(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, error: type[BaseException], code: int,
) -> None:  # fmt: skip
    def half(
        _data: DataSet, _model: FrozenModel, _options: CompressOptions, file: Any, _progress: Any
    ) -> None:
        file.write(b"half")
        raise error

    monkeypatch.setattr(acncodec.codec, "compress_dataset", half)
    target = tmp_path / "a.acn"
    target.write_bytes(b"mine")
    outcome = acn("compress", data_file, target, "--model", model_file, "-f")
    assert outcome.code == code
    assert target.read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.acn", "data.npz"]


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


@needs_torchac
def test_a_missing_coder_is_an_error_that_leaves_nothing(
    acn: Acn, data_file: Path, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, other = tmp_path / "a.acn", tmp_path / "other.acn"
    line = ("compress", data_file, "--model", model_file, "--coder", "torchac")
    assert acn(*line[:2], archive, *line[2:]).code == 0
    load_torchac.cache_clear()
    monkeypatch.setitem(sys.modules, "torchac", None)
    for outcome in (
        acn(*line[:2], other, *line[2:]),
        acn("decompress", archive, tmp_path / "b.npz", "--model", model_file),
    ):
        assert outcome.code == 1
        assert "pip install 'acncodec[torchac]'" in outcome.err
    assert sorted(path.name for path in tmp_path.glob("*.acn")) == ["a.acn"]
    assert not (tmp_path / "b.npz").exists()


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


def test_python_tsp_is_refused_on_many_images(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    source, archive = tmp_path / "many.npz", tmp_path / "a.acn"
    np.savez(source, x=np.unique(blobs(400, 3)[:, 0], axis=0))
    line = ("compress", source, archive, "--model", model_file, "--solver", "tsp")
    outcome = acn(*line, "--ordering", "tour")
    assert outcome.code == 1 and "at most" in outcome.err and not archive.exists()
    outcome = acn(*line, "--ordering", "iid")  # no tour, no solver
    assert outcome.code == 0, outcome.err


@pytest.fixture
def npy_file(images: Any, tmp_path: Path) -> Path:
    path = tmp_path / "data.npy"
    np.save(path, images[:, 0] * np.uint8(255))
    return path


@pytest.mark.parametrize("order", ["keep", "any"])
def test_images_read_shard_by_shard(
    acn: Acn, npy_file: Path, model_file: Path, tmp_path: Path, order: str
) -> None:
    target, back = tmp_path / "a.acn", tmp_path / "b.npz"
    common = ("--model", model_file, "--shard-size", 15, "--order", order)
    outcome = acn("compress", npy_file, target, *common, "--verify", "--json")
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["bound_nats_per_image"] is None
    assert "warning: no bound: it would need all images in memory" in outcome.err
    assert acn("decompress", target, back, "--model", model_file).code == 0
    given = np.load(npy_file)
    with np.load(back) as arrays:
        assert sorted(map(bytes, arrays["x"])) == sorted(map(bytes, given))
        assert np.array_equal(arrays["x"], given) or order == "any"
    packed, source = tmp_path / "c.acn", tmp_path / "x.npz"
    np.savez(source, x=given)
    assert acn("compress", source, packed, *common, "--threads", 1).code == 0
    assert packed.read_bytes() == target.read_bytes()


def test_verify_notices_stored_images_that_change(
    acn: Acn, npy_file: Path, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, while and after the archive is compared with them."""
    given, holds, target = np.load(npy_file), acncodec.codec.holds, tmp_path / "a.acn"
    common = ("compress", npy_file, target, "--model", model_file, "--shard-size", 15, "--verify")

    def changed(when: str) -> Any:
        def compare(*arguments: Any) -> bool:
            if when == "before":
                np.save(npy_file, 255 - given)
            same = holds(*arguments)
            np.save(npy_file, 255 - given)
            return same

        return compare

    for when in ("before", "after"):
        np.save(npy_file, given)
        monkeypatch.setattr(acncodec.codec, "holds", changed(when))
        outcome = acn(*common)
        assert outcome.code == 1
        assert "data.npy: the input has changed since it was read" in outcome.err
    np.save(npy_file, given)
    monkeypatch.setattr(acncodec.codec, "holds", lambda *_arguments: False)
    outcome = acn(*common)
    assert outcome.code == 1 and "does not give back what went in" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["data.npy"]
