"""Finding models by name, path, data and SHA-256."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from level_sets import tiny_resnet
from tiny import frozen

from acncodec.errors import ModelError
from acncodec.models import (
    bundled_names,
    bundled_path,
    find_all_for,
    find_by_id,
    find_by_name_or_path,
    find_for_data,
    find_needed,
    model_path,
    read_card,
    registry,
)
from acncodec.models.frozen import FrozenModel
from acncodec.models.users import VARIABLE


@pytest.fixture
def shelf(
    tiny_model: FrozenModel, other_model: FrozenModel, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:  # fmt: skip
    """A folder of bundled models: `a` and `b`, the latter the default of the two."""
    (tmp_path / "a.safetensors").write_bytes(tiny_model.to_bytes())
    (tmp_path / "b.safetensors").write_bytes(other_model.with_card(default=True).to_bytes())
    (tmp_path / "a.md").write_text("# a\n", encoding="utf-8")
    monkeypatch.setattr(registry, "FOLDER", tmp_path)
    return tmp_path


def test_names_and_cards(shelf: Path) -> None:
    assert bundled_names() == ("a", "b")
    assert bundled_path("a") == shelf / "a.safetensors"
    assert read_card("a") == "# a\n"
    assert read_card("b") is None
    with pytest.raises(ModelError, match=r"'c'.*a, b"):
        bundled_path("c")


def test_by_name_or_path(shelf: Path, tiny_model: FrozenModel) -> None:
    assert find_by_name_or_path("a").model_id == tiny_model.model_id
    assert find_by_name_or_path(str(shelf / "a.safetensors")).model_id == tiny_model.model_id
    with pytest.raises(ModelError, match="neither a model file nor a bundled model"):
        find_by_name_or_path("c")


def test_a_replaced_model_is_found_by_its_id_alone(
    shelf: Path, copying_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "EARLIER", shelf / "earlier")
    registry.EARLIER.mkdir()
    name = registry.earlier_name("a", copying_model.model_id)
    (registry.EARLIER / name).write_bytes(replace(copying_model, floats={}).to_bytes())
    assert find_by_id(copying_model.model_id).model_id == copying_model.model_id
    assert find_by_name_or_path("a").model_id != copying_model.model_id
    with pytest.raises(ModelError, match="neither a model file nor a bundled model"):
        find_by_name_or_path(name)


def test_replaced_models_are_integers_alone_under_their_id() -> None:
    paths = sorted(registry.EARLIER.iterdir())
    assert paths
    for path in paths:
        model = FrozenModel.load(path)
        assert path.name == registry.earlier_name(model.name, model.model_id)
        assert not model.floats and model.name in bundled_names()
        assert find_by_id(model.model_id).model_id == model.model_id
        assert model.model_id != find_by_name_or_path(model.name).model_id


def test_a_file_that_is_no_model_is_named(shelf: Path) -> None:
    with pytest.raises(ModelError, match=r"a\.md"):
        find_by_name_or_path(str(shelf / "a.md"))


def test_the_default_is_preferred(shelf: Path, other_model: FrozenModel) -> None:
    assert find_for_data((1, 8, 8), 2).model_id == other_model.model_id


def test_where_codes_are_wanted_models_without_are_passed_over(
    shelf: Path, tiny_model: FrozenModel
) -> None:
    plain = frozen(1, "pixelcnn")
    for name in ("a", "b"):
        (shelf / f"{name}.safetensors").write_bytes(plain.with_card(default=True).to_bytes())
    kind = (1, *plain.accepts.size), 2
    assert find_for_data(*kind).model_id == plain.model_id
    with pytest.raises(ModelError, match=r"no bundled model has codes of .* 2 levels .* train one"):
        find_for_data(*kind, coded=True)
    with pytest.raises(ModelError, match="has no codes"):
        plain.check_codes()
    (shelf / "c.safetensors").write_bytes(tiny_model.to_bytes())
    assert find_for_data(*kind, coded=True).model_id == tiny_model.model_id
    with pytest.raises(ModelError, match="--preset acn-rgb-small"):
        find_for_data((3, 9, 9), 256, coded=True)
    tiny_model.check_codes()


def test_the_first_by_name_where_there_is_no_default(shelf: Path, tiny_model: FrozenModel) -> None:
    (shelf / "b.safetensors").unlink()
    assert find_for_data((1, 8, 8), 2).model_id == tiny_model.model_id


@pytest.mark.parametrize(("shape", "levels"), [((1, 8, 9), 2), ((1, 8, 8), 256), ((3, 8, 8), 2)])
def test_data_that_no_model_fits(shelf: Path, shape: tuple[int, int, int], levels: int) -> None:
    with pytest.raises(ModelError) as caught:
        find_for_data(shape, levels)
    text = str(caught.value)
    for part in (f"{shape[1]}x{shape[2]}", f"{shape[0]} channel", f"{levels} levels", "a, b"):
        assert part in text
    assert "acncodec train" in text


def test_data_that_only_a_model_of_any_size_fits(shelf: Path) -> None:
    (shelf / "any.safetensors").write_bytes(tiny_resnet(1).to_bytes())
    assert find_for_data((1, 5, 9), 300).model_id == tiny_resnet(1).model_id
    assert find_for_data((1, 8, 8), 2).accepts.size == (8, 8)
    with pytest.raises(ModelError, match="--preset rgb-small"):
        find_for_data((3, 5, 9), 300)


def test_by_id(shelf: Path, tiny_model: FrozenModel, other_model: FrozenModel) -> None:
    assert find_by_id(other_model.model_id).model_id == other_model.model_id
    with pytest.raises(ModelError) as caught:
        find_by_id(bytes(32), name="lost")
    for part in ("lost", bytes(32).hex(), tiny_model.model_id.hex(), other_model.model_id.hex()):
        assert part in str(caught.value)


def test_an_extra_model_must_be_the_one(
    shelf: Path, tiny_model: FrozenModel, other_model: FrozenModel
) -> None:
    assert find_by_id(tiny_model.model_id, str(shelf / "a.safetensors")) is not None
    with pytest.raises(ModelError) as caught:
        find_by_id(tiny_model.model_id, "b", "a")
    assert tiny_model.model_id.hex() in str(caught.value)
    assert other_model.model_id.hex() in str(caught.value)


@pytest.fixture
def own(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's models beside the bundled ones: one of any grey image, and a file that
    is no model."""
    folder = shelf / "own"
    folder.mkdir()
    (folder / "mine.safetensors").write_bytes(tiny_resnet(1).to_bytes())
    (folder / "bad.safetensors").write_bytes(b"no model")
    monkeypatch.setenv(VARIABLE, str(folder))
    return folder


def test_a_users_model_is_found_by_its_name_and_by_its_id(own: Path) -> None:
    mine = tiny_resnet(1).model_id
    assert find_by_name_or_path("mine").model_id == mine
    assert find_by_id(mine).model_id == mine
    assert find_needed([(mine, "x")])[0].model_id == mine
    assert model_path("mine") == own / "mine.safetensors"
    with pytest.raises(ModelError, match=r"bundled: a, b; your own: bad, mine"):
        find_by_name_or_path("other")
    with pytest.raises(ModelError, match=rf"your own mine \({mine.hex()}\)"):
        find_by_id(bytes(32))


def test_a_bundled_name_wins(own: Path, tiny_model: FrozenModel) -> None:
    (own / "mine.safetensors").rename(own / "a.safetensors")
    assert find_by_name_or_path("a").model_id == tiny_model.model_id
    assert find_by_id(tiny_resnet(1).model_id) is not None


def test_a_users_model_is_taken_unasked_only_where_no_bundled_one_fits(
    own: Path, other_model: FrozenModel, tiny_model: FrozenModel
) -> None:
    heard: list[str] = []
    assert find_for_data((1, 8, 8), 2, heard.append).model_id == other_model.model_id
    both = {tiny_model.model_id, other_model.model_id}
    assert {one.model_id for one in find_all_for([((1, 8, 8), 2)], heard.append)} == both
    assert heard == []
    mine = tiny_resnet(1).model_id
    assert find_for_data((1, 5, 9), 300, heard.append).model_id == mine
    kinds = [((1, 8, 8), 2), ((1, 5, 9), 300), ((3, 5, 9), 300)]
    found = [one.model_id for one in find_all_for(kinds, heard.append)]
    assert set(found[:2]) == both and found[2:] == [mine]
    assert len(heard) == 2 and all("your own model mine" in text for text in heard)
    assert "5x9, 1 channel(s), 300 levels" in heard[0]
