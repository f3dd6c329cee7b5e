"""The second reader on models with a codebook: what it reads, what it takes, what it rejects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from acn_files import AcnFile
from level_sets import level_set
from mixed_files import TABLES
from reading import decoded
from second_reader import Malformed, read
from second_reader.codebook import nearest
from second_reader.coded_model import decode_model
from second_reader.config import PROFILES, complete_config
from second_reader.encoders import points
from second_reader.images import Kind
from second_reader.indexes import index_frequencies
from second_reader.networks import Model
from second_reader.promises import check_tensors
from second_reader.tables import Tables
from tiny import blobs
from tiny_codes import tiny_vqvae

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.container import read_header
from acncodec.images import DataSet, load_dataset

GOLDEN = Path(__file__).parent / "golden" / "v5"
BINARY, COLOUR, ACN = "keep-iid-maps", "any-set-tinted", "keep-tour-quantised"
FILES = {"vqvae": COLOUR, "acn-vq": ACN}
MODEL = 7


def opened(name: str) -> AcnFile:
    return AcnFile.from_bytes((GOLDEN / f"{name}.acn").read_bytes())


def rejects(file: AcnFile, folder: Path, message: str) -> None:
    path = folder / "a.acn"
    path.write_bytes(file.to_bytes())
    with pytest.raises(Malformed, match=message):
        read(path, [], TABLES)


@pytest.fixture(scope="module")
def models() -> dict[str, Model]:
    """The models that the golden files carry, by the names of the files."""
    found = {}
    for name in (BINARY, COLOUR, ACN):
        file = opened(name)
        [payload] = [payload for kind, _, payload in file.sections if kind == MODEL]
        found[name] = decode_model(payload, file.header["p"], Tables.load(TABLES))
    return found


SPOILT: dict[str, tuple[str, str, dict[str, Any]]] = {
    "three levels": ("vqvae", "levels", {"levels": 3}),
    "two levels in colour": ("vqvae", "channels of two levels", {"levels": 2}),
    "five channels": ("vqvae", "channels", {"channels": 5}),
    "one code": ("vqvae", "codes", {"codes": 1}),
    "too many codes": ("vqvae", "codes", {"codes": 257}),
    "no features": ("vqvae", "code_features", {"code_features": 0}),
    "a larger map": ("vqvae", "the map", {"encoder_strides": [2, 1]}),
    "a smaller map": ("vqvae", "the map", {"encoder_strides": [2, 4]}),
    "a stride too few": ("vqvae", "strides", {"encoder_strides": [4]}),
    "no convolution": ("vqvae", "strides", {"encoder_strides": [], "encoder_channels": []}),
    "columns that are even": ("vqvae", "vertical_kernel", {"vertical_kernel": [2, 4]}),
    "three entries": ("vqvae", "vertical_kernel", {"input_vertical_kernel": [2, 3, 5]}),
    "a list for a number": ("vqvae", "type of prior_blocks", {"prior_blocks": [2]}),
    "too many components": ("vqvae", "components", {"components": 65}),
    "a spike twice": ("vqvae", "a spike twice", {"spikes": ["w", "w"]}),
    "a key of other kinds": ("vqvae", "unknown key", {"latent_dim": 4}),
    "a single vector": ("acn-vq", "codes", {"codes": 1}),
    "vectors that do not fit": ("acn-vq", "code_features", {"code_features": 3}),
    "a prior of maps": ("acn-vq", "unknown key", {"prior_features": 2}),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_config_that_no_such_model_has_is_rejected(name: str, models: dict[str, Model]) -> None:
    kind, message, change = SPOILT[name]
    config = models[FILES[kind]].config
    assert complete_config(dict(config), kind) == config
    with pytest.raises(Malformed, match=message):
        complete_config(config | change, kind)


def test_a_codebook_is_no_part_of_other_kinds() -> None:
    for kind in set(PROFILES.values()) - set(FILES):
        with pytest.raises(Malformed, match="unknown key"):
            complete_config({"codes": 6}, kind)


@pytest.mark.parametrize(
    ("kind", "name", "value", "message"),
    [
        ("vqvae", "encoder.codebook", -16_384, "range of encoder.codebook"),
        ("vqvae", "decoder.conditioner.table", -1, "range of decoder.conditioner.table"),
        ("vqvae", "prior.embedding", 8193, "range of prior.embedding"),
        ("vqvae", "prior.vertical_scales", 15, "range of prior.vertical_scales"),
        ("vqvae", "prior.outputs.0.up", 48, "outputs.0.up"),
        ("vqvae", "decoder.outputs.3.up", 48, "outputs.3.up"),
        ("vqvae", "prior.1.residual.shift", 40, "scales of the horizontal stack"),
        ("vqvae", "decoder.1.residual.shift", 40, "scales of the horizontal stack"),
        ("vqvae", "prior.head.lift", 40, "bound of prior.head"),
        ("acn-vq", "decoder.conditioner.codebook", 16_383, "model: codebook"),
        ("acn-vq", "decoder.conditioner.codebook", -16_383, "model: codebook"),
        ("acn-vq", "prior.reach", 1, "model: reach"),
    ],
)
def test_a_promise_that_is_broken_is_rejected(
    kind: str, name: str, value: int, message: str, models: dict[str, Model]
) -> None:
    model = models[FILES[kind]]
    tensors = {key: tensor.copy() for key, tensor in model.t.items()}
    check_tensors(model.config, tensors, kind)
    tensors[name][...] = value
    if name.endswith("residual.shift"):
        tensors[f"{name.split('.')[0]}.horizontal_scales"][...] = [0, 0, 14]
    with pytest.raises(Malformed, match=message):
        check_tensors(model.config, tensors, kind)


def test_a_codebook_may_reach_as_far_as_latents(models: dict[str, Model]) -> None:
    model = models[ACN]
    book = np.full_like(model.t["decoder.conditioner.codebook"], -model.reach)
    check_tensors(model.config, model.t | {"decoder.conditioner.codebook": book}, "acn-vq")


def test_levels_are_two_or_any(models: dict[str, Model]) -> None:
    counts = (2, 7, 65_536)
    assert [models[BINARY].takes(Kind(n, 1, 6, 5, range(n))) for n in counts] == [
        True,
        False,
        False,
    ]
    assert all(models[COLOUR].takes(Kind(n, 3, 6, 5, range(n))) for n in counts)
    assert not models[COLOUR].takes(Kind(7, 3, 5, 6, range(7)))


@pytest.mark.parametrize("name", [BINARY, COLOUR, ACN])
def test_such_a_profile_is_of_version_5(name: str, tmp_path: Path) -> None:
    file = opened(name)
    file.version = 4
    rejects(file, tmp_path, "newer than its version")


Change = Callable[[dict[str, Any]], Any]
HEADERS: dict[str, tuple[str, str, Change]] = {
    "a tour": (BINARY, "without a prior network", lambda h: h["h"][0].update(t="tour")),
    "an urn": (COLOUR, "without a prior network", lambda h: h["h"][0].update(t="urn", w=3)),
    "three levels": (BINARY, "does not take", lambda h: h.update(v=3)),
    "an auto-encoder": (BINARY, "profile", lambda h: h.update(p="int15-autoencoder")),
    "an adversarial one": (BINARY, "profile", lambda h: h.update(p="int15-aae")),
    "one of styles": (BINARY, "profile", lambda h: h.update(p="int15-style")),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_at_odds_with_the_model_is_rejected(name: str, tmp_path: Path) -> None:
    source, message, spoil = HEADERS[name]
    file = opened(source)
    spoil(file.header)
    rejects(file, tmp_path, message)


@pytest.mark.parametrize("name", [BINARY, COLOUR, ACN])
def test_a_stack_changed_under_a_right_crc_is_rejected(name: str, tmp_path: Path) -> None:
    file = opened(name)
    size = len(file.sections[-1][2])
    for at in (0, size - 2):  # the bottom, what is popped first
        file = opened(name)
        file.change(1, lambda payload, at=at: payload[:at] + b"\x55" + payload[at + 1 :])
        rejects(file, tmp_path, "final check|a latent too far")


def labelled(pixels: np.ndarray, layout: str, path: Path) -> DataSet:
    """Images with labels that follow them, so that they are coded given them (5.1)."""
    sums = pixels.reshape(len(pixels), -1).sum(1)
    np.savez(path, x=pixels, y=(sums * 4 // (sums.max() + 1)).astype(np.uint8))
    return load_dataset(path, layout=layout)


@pytest.mark.parametrize("binary", [True, False])
def test_labels_are_near_by_the_vectors_of_the_maps(binary: bool, tmp_path: Path) -> None:
    pixels = blobs(90, 3, 6, 5)[:, 0] if binary else level_set("rgb", 90, 3).pixels
    pixels = pixels if binary else pixels.transpose(0, 2, 3, 1)
    data = labelled(pixels, "nhw" if binary else "nhwc", tmp_path / "a.npz")
    model, path = tiny_vqvae(1 if binary else 3, 9, binary=binary), tmp_path / "a.acn"
    with path.open("wb") as file:
        compress_dataset(data, model, CompressOptions("keep", "iid", embed=True), file)
    assert read_header(path).header.labels == (0,)
    given = read(path, [], TABLES)
    np.testing.assert_array_equal(given["x"], pixels)
    np.testing.assert_array_equal(given["y"], np.load(tmp_path / "a.npz")["y"])


def test_labels_need_points_of_few_entries(
    models: dict[str, Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, kind = models[BINARY], Kind(2, 1, 6, 5, [0, 1])
    images = np.zeros((1, 6, 5, 1), np.uint8)
    monkeypatch.setattr("second_reader.encoders.MOST_ENTRIES", 13)
    assert points(model, images, kind).shape == (1, 2 * 2 * 3)
    monkeypatch.setattr("second_reader.encoders.MOST_ENTRIES", 12)
    with pytest.raises(Malformed, match="too many entries"):
        points(model, images, kind)


@pytest.mark.parametrize("kind", ["grey", "deep", "two"])
def test_it_reads_what_the_package_writes_of_any_levels(kind: str, tmp_path: Path) -> None:
    data, model, path = level_set(kind, 21, 1), tiny_vqvae(1), tmp_path / "a.acn"
    with path.open("wb") as file:
        compress_dataset(data, model, CompressOptions("any", "set", embed=True, batch=7), file)
    values = np.array(data.spec.values)[decoded(path, model).pixels]
    given = read(path, [], TABLES)[data.spec.name]
    np.testing.assert_array_equal(given.reshape(values.shape), values)


def test_the_lowest_of_equally_near_vectors_is_taken() -> None:
    book = np.array([[0, 9], [0, 1], [0, -1], [0, 1]])
    assert nearest(np.array([[[0, 0], [0, 1]], [[0, 6], [0, 4]]]), book).tolist() == [
        [1, 1],
        [0, 1],
    ]


@pytest.mark.parametrize(
    "logits", [[0, 0], [5000, 5000, -70_000], [2**40, 2**20, -(2**40)], [-9, *[-10] * 255]]
)
def test_frequencies_of_indexes_sum_to_2_to_the_24(logits: list[int]) -> None:
    tables = Tables.load(TABLES)
    found = index_frequencies(logits, tables)
    assert found.sum() == 2**24 and found.min() >= 1
    assert found.argmax() == logits.index(max(logits))
    clamped = [max(-(2**15), min(2**15, one)) for one in logits]
    np.testing.assert_array_equal(found, index_frequencies(clamped, tables))
    likely = np.exp((np.array(clamped) - max(clamped)) / 2**10)
    np.testing.assert_allclose(found / 2**24, likely / likely.sum(), atol=1e-4)
