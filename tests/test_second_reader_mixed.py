"""The second reader on mixed sets, which are written by hand: what it takes, what it rejects."""

from __future__ import annotations

import copy
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from acn_files import AcnFile, side_payload
from mixed_files import GOLDEN, TABLES, MixedSet, golden_model
from second_reader import Malformed, read

STACK, DUPLICATES, SIDE, STORED, ARRANGEMENT = 1, 2, 3, 5, 6
CLASSES = [
    [4, 1, 2, 3],
    [16, 1, 3, 2, list(range(0, 160, 10))],
    [256, 1, 3, 4],
    [300, 3, 2, 2],
]
MODELS = [golden_model(1), golden_model(3)]


def images(*places: tuple[int, int | None]) -> list[tuple[int, np.ndarray, int | None]]:
    """One image for each pair of a class and a model."""
    rng = np.random.default_rng(0)
    return [(c, rng.integers(0, CLASSES[c][0], CLASSES[c][1:4]), model) for c, model in places]


def mixed(order: str = "keep") -> MixedSet:
    """Two parts, one of two classes, stored images, repeats."""
    places = [(0, 0), (1, None), (2, 0), (3, 1), (0, 0), (2, 0), (1, None), (0, 0), (3, 1), (2, 0)]
    return MixedSet(order, CLASSES, images(*places), [1, 3], repeats=2, dtype="uint16")


def wanted(given: MixedSet) -> list[np.ndarray]:
    """The values of the images, the repeats of the first at the end."""
    values = [given.classes[c][4:] or [range(given.classes[c][0])] for c, _, _ in given.images]
    pairs = zip(values, given.images, strict=True)
    out = [np.array(v[0], given.dtype)[x] for v, (_, x, _) in pairs]
    return out + out[:1] * given.repeats


def reread(file: AcnFile, folder: Path, models: list[Path] = MODELS) -> dict[str, Any]:
    path = folder / "a.acn"
    path.write_bytes(file.to_bytes())
    return read(path, models, TABLES)


def same(given: list[np.ndarray], expected: list[np.ndarray]) -> bool:
    pairs = list(zip(given, expected, strict=True))
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


def key(image: np.ndarray) -> tuple[Any, ...]:
    return image.shape, image.tobytes()


def test_it_reads_several_shapes_and_models_as_a_list(tmp_path: Path) -> None:
    given = mixed()
    assert same(reread(given.write(), tmp_path)["x"], wanted(given))


@pytest.mark.parametrize("strategy", ["iid", "set"])
def test_as_a_set_classes_come_one_after_the_other(strategy: str, tmp_path: Path) -> None:
    given = mixed("any")
    given.strategy = strategy
    found = reread(given.write(), tmp_path)["x"]
    assert [x.shape for x in found] == sorted(x.shape for x in found)
    assert same(sorted(found, key=key), sorted(wanted(given), key=key))


@pytest.mark.parametrize("order", ["keep", "any"])
def test_one_part_alone_has_no_arrangement(order: str, tmp_path: Path) -> None:
    given = MixedSet(order, CLASSES[::2], [], [1], repeats=1)
    given.images = [(c // 2, x, m) for c, x, m in images((0, 0), (2, 0), (0, 0), (2, 0))]
    file = given.write()
    assert [kind for kind, _, _ in file.sections] == [DUPLICATES, STACK]
    found = reread(file, tmp_path)["x"]
    assert same(sorted(found, key=key), sorted(wanted(given), key=key))
    assert order == "any" or same(found, wanted(given))


@pytest.mark.parametrize("form", range(4))
@pytest.mark.parametrize(("levels", "density"), [(2, 8), (4, 4), (5, 2), (16, 2), (256, 1)])
def test_it_reads_images_that_are_stored(
    form: int, levels: int, density: int, tmp_path: Path
) -> None:
    rng = np.random.default_rng(levels)
    stored = [(0, rng.integers(0, levels, (3, 3, 3)), None) for _ in range(5)]
    given = MixedSet("keep", [[levels, 3, 3, 3]], stored, stored=bytes([form, density]))
    file = given.write()
    assert [kind for kind, _, _ in file.sections] == [ARRANGEMENT, STORED]
    found = reread(file, tmp_path, [])["x"]
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, np.array(wanted(given)))


def test_it_reads_stored_images_of_sixteen_bits_and_several_classes(tmp_path: Path) -> None:
    places = images((3, None), (0, None), (3, None), (1, None))
    given = MixedSet("any", CLASSES, places, dtype="uint16", stored=bytes([0, 4, 2, 1]))
    found = reread(given.write(), tmp_path, [])["x"]
    assert same(sorted(found, key=key), sorted(wanted(given), key=key))


@pytest.mark.parametrize("layout", ["nhw", "nhwc", "nchw"])
def test_images_of_one_shape_make_one_array(layout: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    classes = [[4, 1, 3, 2], [256, 1, 3, 2]]
    some = [(c, rng.integers(0, 4 + 252 * c, (1, 3, 2)), 0 if c else None) for c in (0, 1, 1, 0)]
    given = MixedSet("keep", classes, some, [1])
    file = given.write()
    file.header["l"] = layout
    expected = np.array(wanted(given))
    if layout != "nchw":
        expected = expected[:, 0] if layout == "nhw" else np.moveaxis(expected, 1, 3)
    found = reread(file, tmp_path)["x"]
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, expected)


def test_several_shards_count_their_stacks_through(tmp_path: Path) -> None:
    one, other = mixed(), MixedSet("keep", CLASSES, images((3, 1), (0, 0)), [1, 3], dtype="uint16")
    file, more = one.write(), other.write()
    file.header["h"] += more.header["h"]
    stacks = sum(kind == STACK for kind, _, _ in file.sections)
    file.sections += [(k, n + stacks if k == STACK else 1, data) for k, n, data in more.sections]
    assert same(reread(file, tmp_path)["x"], wanted(one) + wanted(other))
    file.sections = [(k, n if k != STACK else 0, data) for k, n, data in file.sections]
    with pytest.raises(Malformed, match="out of its place"):
        reread(file, tmp_path)


def test_a_shard_of_no_image_has_no_section(tmp_path: Path) -> None:
    given = mixed()
    file = given.write()
    file.header["h"].append({"n": 0})
    assert same(reread(file, tmp_path)["x"], wanted(given))


@pytest.mark.parametrize("name", ["any-set-shapes", "keep-iid-mixed"])
def test_a_model_that_the_file_carries_is_not_asked_for_and_others_are(
    name: str, tmp_path: Path
) -> None:
    path = GOLDEN.parent / "v4" / f"{name}.acn"
    file = AcnFile.from_bytes(path.read_bytes())
    for numbers, message in (([2], "that is not there"), ([], "f is empty")):
        file.header["f"] = numbers
        with pytest.raises(Malformed, match=message):
            reread(file, tmp_path, [])
    if name == "keep-iid-mixed":
        with pytest.raises(Malformed, match="another model's archive"):
            read(path, [], TABLES)
    else:
        assert len(read(path, [], TABLES)["x"]) == len(read(path, MODELS, TABLES)["x"])


def test_side_arrays_keep_their_places(tmp_path: Path) -> None:
    given = mixed()
    file = given.write()
    rows = np.arange(len(wanted(given)), dtype=np.int32)
    file.sections.insert(0, (SIDE, 0, side_payload([("rows", rows, True)])))
    file.header["a"] = 1
    found = reread(file, tmp_path)
    assert list(found) == ["rows", "x"] and np.array_equal(found["rows"], rows)


HEADERS: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "a shape besides classes": ("unknown key", lambda h: h.update(s=[1, 2, 3])),
    "equal channels": ("equal channels of several", lambda h: h.update(r=3)),
    "2 equal channels": ("equal channels", lambda h: h.update(r=2)),
    "no image": ("without images", lambda h: h.update(h=[{"n": 0}])),
    "a level map": ("unknown key", lambda h: h.update(v=256)),
    "labels": ("labels", lambda h: h.update(y=[0])),
    "no class": ("number of classes", lambda h: h.update(k=[])),
    "classes that descend": ("classes do not ascend", lambda h: h["k"].reverse()),
    "a class twice": ("classes do not ascend", lambda h: h["k"].insert(0, h["k"][0])),
    "a class of three numbers": ("a class", lambda h: h["k"][0].pop()),
    "a class of one level": ("number of levels", lambda h: h["k"][0].__setitem__(0, 1)),
    "a class of five channels": ("channels", lambda h: h["k"][0].__setitem__(1, 5)),
    "a class without rows": ("shape", lambda h: h["k"][0].__setitem__(2, 0)),
    "a short level map": ("level map", lambda h: h["k"][1][4].pop()),
    "a level map as a number": ("level map of a class", lambda h: h["k"][1].__setitem__(4, 16)),
    "levels beyond the dtype": ("the dtype has not", lambda h: h.update(d="uint8")),
    "another byte order": ("dtype of several shapes", lambda h: h.update(d=">u2")),
    "a model id too short": ("a model id", lambda h: h["e"][0].__setitem__(2, "00")),
    "a model id in capitals": ("a model id", lambda h: h["e"][0].__setitem__(2, "A" * 64)),
    "an unknown profile": ("profile", lambda h: h["e"][0].__setitem__(1, "int16")),
    "a model without a name": ("no label", lambda h: h["e"][0].__setitem__(0, "")),
    "too many models": ("further models", lambda h: h.update(e=h["e"] * 256)),
    "no first model": ("m is missing", lambda h: h.pop("m")),
    "a model that is not there": ("not there", lambda h: h.pop("e")),
    "further models that are none": ("further models", lambda h: h.update(e=[])),
    "no part": ("no part", lambda h: h["h"][0].update(g=[])),
    "no stored image": ("counts of", lambda h: h["h"][0].update(x=[])),
    "a part without images": ("counts of", lambda h: h["h"][0]["g"][0].update(q=[])),
    "another further model": ("another model", lambda h: h["e"][0].__setitem__(2, "0" * 64)),
    "parts that descend": ("do not ascend by model", lambda h: h["h"][0]["g"].reverse()),
    "a strategy of the shard": ("in a shard", lambda h: h["h"][0].update(t="iid")),
    "an unknown key of a part": ("in a shard", lambda h: h["h"][0]["g"][0].update(n=3)),
    "a class that is not there": ("counts of", lambda h: h["h"][0].update(x=[[4, 2]])),
    "no image of a class": ("counts of", lambda h: h["h"][0]["x"].append([2, 0])),
    "classes of a part that descend": (
        "numbers of classes", lambda h: h["h"][0]["g"][0]["q"].reverse()
    ),
    "another sum": ("sum of the parts", lambda h: h["h"][0].update(x=[[1, 3]])),
    "a sum of batches": ("sum of the batches", lambda h: h["h"][0]["g"][1].update(z=[3])),
    "a tour": ("without a prior", lambda h: h["h"][0]["g"][0].update(t="tour")),
    "a set in keep": ("set in `keep`", lambda h: h["h"][0]["g"][0].update(t="set")),
    "a model of other channels": (
        "does not take", lambda h: h["h"][0]["g"][0].update(q=[[0, 5], [3, 1]])
    ),
    "torchac for many levels": ("levels for torchac", lambda h: h.update(c="torchac")),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_is_at_odds_with_itself_is_rejected(name: str, tmp_path: Path) -> None:
    message, spoil = HEADERS[name]
    file = mixed().write()
    file.header = copy.deepcopy(file.header)
    spoil(file.header)
    with pytest.raises(Malformed, match=message):
        reread(file, tmp_path)


def test_stored_images_alone_name_no_model(tmp_path: Path) -> None:
    file = MixedSet("keep", CLASSES[:1], images((0, None))).write()
    file.header |= {"m": "none", "p": "int15-resnet"}
    with pytest.raises(Malformed, match="a model without images"):
        reread(file, tmp_path)
    file = MixedSet("keep", CLASSES[:1], images((0, None))).write()
    file.identity = b"\1" * 32
    with pytest.raises(Malformed, match="id of no model"):
        reread(file, tmp_path)
    file.version, file.identity = 2, bytes(32)
    with pytest.raises(Malformed, match="newer than its version"):
        reread(file, tmp_path)


SPOILT: dict[str, tuple[str, int, Callable[[bytes], bytes]]] = {
    "another SHA-256": ("SHA-256", ARRANGEMENT, lambda p: bytes([p[0] ^ 1]) + p[1:]),
    "a longer arrangement": ("final check", ARRANGEMENT, lambda p: p[:32] + bytes(4) + p[32:]),
    "a broken arrangement": ("broken words", ARRANGEMENT, lambda p: p + b"\1"),
    "no words": ("without words", ARRANGEMENT, lambda p: p[:32]),
    "a short arrangement": ("length", ARRANGEMENT, lambda p: p[:31]),
    "another form": ("form", STORED, lambda p: b"\4" + p[1:]),
    "three samples a byte": ("samples a byte", STORED, lambda p: p[:1] + b"\3" + p[2:]),
    "too many samples a byte": ("samples a byte", STORED, lambda p: p[:1] + b"\4" + p[2:]),
    "a level too high": ("level that is not", STORED, lambda p: p[:-1] + b"\x10"),
    "stored images too long": ("length", STORED, lambda p: p + b"\0"),
    "stored images cut": ("ends early", STORED, lambda p: p[:-1]),
    "a broken stream": ("stream", STORED, lambda p: b"\3" + p[1:]),
    "another stack": ("final check|SHA-256", STACK, lambda p: bytes([p[0] ^ 1]) + p[1:]),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_section_under_a_right_crc_is_rejected(name: str, tmp_path: Path) -> None:
    message, kind, spoil = SPOILT[name]
    file = mixed().write()
    file.change(kind, spoil)
    with pytest.raises(Malformed, match=message):
        reread(file, tmp_path)


@pytest.mark.parametrize("kind", [DUPLICATES, STORED, ARRANGEMENT, STACK])
def test_a_missing_section_is_rejected(kind: int, tmp_path: Path) -> None:
    file = mixed().write()
    file.sections = [section for section in file.sections if section[0] != kind]
    with pytest.raises(Malformed, match=r"out of its place|ends early"):
        reread(file, tmp_path)


def test_a_set_has_nothing_behind_the_digest_and_stored_images_in_order(tmp_path: Path) -> None:
    file = mixed("any").write()
    file.change(ARRANGEMENT, lambda p: p + struct.pack("<I", 1))
    with pytest.raises(Malformed, match="arrangement: length"):
        reread(file, tmp_path)
    file = mixed("any").write()
    file.change(STORED, lambda p: p[:2] + p[8:] + p[2:8])
    with pytest.raises(Malformed, match="stored images: order"):
        reread(file, tmp_path)


def test_an_image_that_is_stored_and_modelled_is_rejected(tmp_path: Path) -> None:
    given = MixedSet("keep", CLASSES[:1], images((0, 0), (0, None), (0, 0)), [1])
    file = given.write()
    modelled = given.images[0][1].astype("u1").tobytes()
    file.change(STORED, lambda p: p[:2] + modelled)
    with pytest.raises(Malformed, match="stored and modelled"):
        reread(file, tmp_path)


def test_a_flipped_bit_is_rejected(tmp_path: Path) -> None:
    data, path = mixed().write().to_bytes(), tmp_path / "flipped.acn"
    for at in range(0, len(data), 17):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
        with pytest.raises(Malformed):
            read(path, MODELS, TABLES)
