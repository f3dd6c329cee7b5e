"""Archives that carry their model: read with nothing else, trusted in nothing."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import mixed_sets
import pytest
from level_sets import level_set, model_of, tiny_resnet
from reading import carried_by, decoded, part_of, salvaged, verified

from acncodec.codec import CompressOptions, CompressStats, compress_dataset, embedded_models
from acncodec.codec.compare import same_data
from acncodec.codec.compress_mixed import code_assigned
from acncodec.container import (
    Archive,
    MixedHeader,
    Section,
    SectionType,
    read_archive,
    read_header,
    write_archive,
)
from acncodec.container.damaged import read_damaged
from acncodec.errors import AcnError, CorruptionError, FormatError, ModelError, TooLargeError
from acncodec.images import DataSet
from acncodec.models import work
from acncodec.models.coded import code_model


def written(data: DataSet, path: Path, kind: str = "grey", **options: Any) -> CompressStats:
    file = io.BytesIO()
    stats = compress_dataset(data, model_of(kind), CompressOptions(**options), file)
    path.write_bytes(file.getvalue())
    return stats


def rewritten(path: Path, payload: bytes) -> Path:
    """The archive at `path` with another model section, all checksums right."""
    archive = read_archive(path)
    sections = [s for s in archive.sections if s.kind != SectionType.MODEL]
    other = path.with_name("other.acn")
    with other.open("wb") as file:
        write_archive(file, archive.header, [*sections, Section(SectionType.MODEL, 0, payload)])
    return other


@pytest.mark.parametrize("kind", ["grey", "rgba", "deep"])
@pytest.mark.parametrize("order", ["keep", "any"])
def test_a_file_gives_its_images_by_the_model_in_it(kind: str, order: str, tmp_path: Path) -> None:
    data, path = level_set(kind, 21, 1), tmp_path / "a.acn"
    written(data, path, kind, order=order, embed=True)
    header, (model,) = read_header(path).header, carried_by(path)
    assert header.format_version == 4 and header.embedded == (0,)
    assert model.model_id == header.model_id == model_of(kind).model_id
    assert same_data(data, decoded(path, model), order)
    assert verified(path, model).images == data.count


def test_all_else_is_as_it_is_without_the_model(tmp_path: Path) -> None:
    data = level_set("grey", 21, 1)
    with_it = written(data, tmp_path / "a.acn", embed=True)
    without = written(data, tmp_path / "b.acn")
    ours, plain = read_archive(tmp_path / "a.acn"), read_archive(tmp_path / "b.acn")
    assert [s for s in ours.sections if s.kind != SectionType.MODEL] == list(plain.sections)
    assert replace(ours.header, embedded=(), format_version=3) == plain.header
    assert plain.header.format_version == 3 and without.model_bytes == 0
    payload = code_model(model_of("grey"))
    assert ours.model(0) == payload and with_it.model_bytes == len(payload) + 15
    grown = len(ours.header.to_bytes()) - len(plain.header.to_bytes())
    assert with_it.file_bytes == without.file_bytes + with_it.model_bytes + grown


def test_ranges_and_salvage_need_nothing_else(tmp_path: Path) -> None:
    data, path = level_set("grey", 30, 1), tmp_path / "a.acn"
    written(data, path, embed=True, shard_size=10)
    (model,) = carried_by(path)
    part, _ = part_of(path, model, 12, 15)
    assert (part.pixels == data.pixels[12:15]).all()
    bad = bytearray(path.read_bytes())
    bad[-20] ^= 1  # of the last shard's stack
    path.write_bytes(bad)
    (found,) = embedded_models(read_damaged(path).archive)
    assert found.model_id == model.model_id
    saved, loss = salvaged(path, found)
    assert loss.images == 32 and loss.saved == saved.count == 30


def test_a_damaged_model_is_no_model(tmp_path: Path) -> None:
    data, path = level_set("grey", 12, 1), tmp_path / "a.acn"
    written(data, path, embed=True)
    payload = read_archive(path).model(0)
    bad = bytearray(path.read_bytes())
    bad[path.read_bytes().index(payload or b"") + 40] ^= 1
    path.write_bytes(bad)
    with pytest.raises(CorruptionError, match="CRC-32 of the model 0"):
        carried_by(path)
    assert embedded_models(read_damaged(path).archive) == ()


@pytest.mark.parametrize(
    ("payload", "error", "words"),
    [
        (code_model(tiny_resnet(1, 5)), CorruptionError, "the header names"),
        (code_model(tiny_resnet(3, 5)), CorruptionError, "the header names"),
        (b"", FormatError, "truncated"),
        (bytes(66), FormatError, "deflate"),
    ],
)
def test_another_model_than_the_headers_is_refused(
    payload: bytes, error: type[AcnError], words: str, tmp_path: Path
) -> None:
    written(level_set("grey", 12, 1), tmp_path / "a.acn", embed=True)
    with pytest.raises(error, match=words):
        carried_by(rewritten(tmp_path / "a.acn", payload))


def test_work_is_bounded_before_it_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "a.acn"
    written(level_set("grey", 12, 1), path, embed=True)
    archive = read_archive(path)
    (shard,) = archive.header.shards
    many = replace(
        shard, count=40_000, distinct=40_000, sizes=(500,) * 80, permuted=False, strategy="iid"
    )
    huge = replace(archive.header, shape=(1, 1000, 1000), shards=(many,))
    sections = [s for s in archive.sections if s.kind != SectionType.DUPLICATES]
    sections = [
        replace(s, payload=bytes(5003) + b"\1") if s.kind == SectionType.STACK else s
        for s in sections
    ]
    with path.open("wb") as file:
        write_archive(file, huge, sections)
    (model,) = carried_by(path)
    with pytest.raises(TooLargeError):
        decoded(path, model)


def test_an_archive_without_its_model_section_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.acn"
    written(level_set("grey", 12, 1), path, embed=True)
    archive: Archive = read_archive(path)
    with pytest.raises(FormatError, match="the model 0 is missing"), path.open("wb") as file:
        write_archive(
            file, archive.header, [s for s in archive.sections if s.kind != SectionType.MODEL]
        )


def mixed_archive(path: Path, order: str = "keep", **options: Any) -> MixedHeader:
    """A mixed set whose models lie in its archive."""
    given = CompressOptions(order, threads=1, embed=True, **options)
    made = code_assigned(mixed_sets.mixed_set(), mixed_sets.by_channels, mixed_sets.models(), given)
    path.write_bytes(made.data)
    header = read_header(path).header
    assert isinstance(header, MixedHeader) and header.format_version == 4
    assert made.stats.model_bytes > 0 and made.stats.file_bytes == len(made.data)
    return header


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("shard_size", [None, 20])
def test_a_mixed_set_carries_all_its_models(
    order: str, shard_size: int | None, tmp_path: Path
) -> None:
    path = tmp_path / "a.acn"
    assert mixed_archive(path, order, shard_size=shard_size).embedded == (0, 1)
    models = carried_by(path)
    assert [one.model_id for one in models] == [one.model_id for one in mixed_sets.models()]
    assert same_data(mixed_sets.mixed_set(), decoded(path, models, 2, 7), order)


@pytest.mark.parametrize("carried", [0, 1])
def test_a_mixed_set_may_carry_one_of_its_models(carried: int, tmp_path: Path) -> None:
    models, path = mixed_sets.models(), tmp_path / "a.acn"
    others = frozenset({models[1 - carried].model_id})
    assert mixed_archive(path, at_hand=others).embedded == (carried,)
    (own,) = carried_by(path)
    assert own.model_id == models[carried].model_id
    with pytest.raises(ModelError, match=f"needs model {models[1 - carried].name}"):
        decoded(path, [own])
    back = decoded(path, [own, models[1 - carried]])
    assert same_data(mixed_sets.mixed_set(), back, "keep")


def test_a_model_of_no_image_is_not_carried(tmp_path: Path) -> None:
    data, options = mixed_sets.shapes_set(), CompressOptions(threads=1, embed=True)
    made = code_assigned(data, mixed_sets.modelled, mixed_sets.models(), options)
    (tmp_path / "a.acn").write_bytes(made.data)
    header = read_header(tmp_path / "a.acn").header
    assert header.embedded == (0,) and len(header.models) == 1
    stored = code_assigned(data, mixed_sets.stored, mixed_sets.models(), options)
    (tmp_path / "b.acn").write_bytes(stored.data)
    header = read_header(tmp_path / "b.acn").header
    assert header.embedded == () and header.format_version == 3


def test_one_of_two_models_that_is_damaged_costs_its_own_images_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.acn"
    mixed_archive(path)
    payload = read_archive(path).model(1) or b""
    bad = bytearray(path.read_bytes())
    bad[bytes(bad).index(payload) + 40] ^= 1
    path.write_bytes(bad)
    with pytest.raises(CorruptionError, match="CRC-32 of the model 1"):
        carried_by(path)
    (left,) = embedded_models(read_damaged(path).archive)
    assert left.model_id == mixed_sets.models()[0].model_id


def test_models_exchanged_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.acn"
    mixed_archive(path)
    archive = read_archive(path)
    sections = [s for s in archive.sections if s.kind != SectionType.MODEL]
    turned = [Section(SectionType.MODEL, 1 - n, archive.model(n) or b"") for n in (0, 1)]
    with path.open("wb") as file:
        write_archive(file, archive.header, [*sections, *turned])
    with pytest.raises(CorruptionError, match="the header names"):
        carried_by(path)


def test_the_models_of_a_file_are_bounded_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.acn"
    mixed_archive(path)
    entries = [sum(v.size for v in one.tensors().values()) for one in mixed_sets.models()]
    monkeypatch.setattr(work, "MAX_ENTRIES", max(entries))
    with pytest.raises(TooLargeError, match=f"a coded model of {sum(entries)} integers"):
        carried_by(path)
