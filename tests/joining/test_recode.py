"""Parts of one shape of which some have stored images, and others none."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import decoded
from sets import dataset, labels
from shares import joined_file, part_read, unlike_parts
from tiny import blobs

from acncodec.codec.compare import same_data
from acncodec.container import Header, MixedHeader
from acncodec.errors import JoinError
from acncodec.joining.join import join_parts
from acncodec.joining.parts import in_order
from acncodec.joining.recode import recoded, to_recode
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import Run

DATA = dataset(blobs(24, 3), labels(24))


@pytest.mark.parametrize("order", ["keep", "any"])
def test_the_others_are_coded_anew_and_go_with_it(
    tiny_model: FrozenModel, tmp_path: Path, order: str
) -> None:
    parts = [part_read(path) for path in unlike_parts(tmp_path, DATA, tiny_model, order)]
    assert [type(part.header) for part in parts] == [Header, MixedHeader, Header]
    odd = to_recode(in_order(parts))
    assert odd == [parts[0], parts[2]]
    with (tmp_path / "j.acn").open("xb") as file, pytest.raises(JoinError, match="do not go with"):
        join_parts(parts, file)
    (tmp_path / "j.acn").unlink()
    alike = [
        recoded(part, [tiny_model], Run(1), tmp_path / f"new-{number}.acn") if part in odd else part
        for number, part in enumerate(parts)
    ]
    assert to_recode(alike) == []
    assert [part.part for part in alike] == [part.part for part in parts]
    assert [part.name for part in alike] == [part.name for part in parts]
    joined_file(tmp_path / "j.acn", [part.path for part in alike])
    back = decoded(tmp_path / "j.acn", tiny_model)
    assert same_data(DATA, back, order)


def test_what_was_coded_by_a_slow_model_is_so_again(
    tiny_model: FrozenModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever made the part has allowed it, and `join` reads it as allowed."""
    parts = [part_read(path) for path in unlike_parts(tmp_path, DATA, tiny_model, "keep")]
    monkeypatch.setattr("acncodec.models.work.SLOW_MACS", 1)
    found = recoded(parts[0], [tiny_model], Run(1, allow_large=True), tmp_path / "new.acn")
    header = found.header
    assert isinstance(header, MixedHeader) and [one.name for one in header.models] == ["tiny-1"]
    assert sum(shard.stored_count for shard in header.shards) < parts[0].header.count


def test_parts_alike_stay_as_they_are(tiny_model: FrozenModel, tmp_path: Path) -> None:
    one, two, three = (part_read(path) for path in unlike_parts(tmp_path, DATA, tiny_model, "keep"))
    assert to_recode([one, three]) == [] == to_recode([two])
