"""The registry: who may come in, who is found, and what a plugin cannot break."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import metadata
from typing import Any

import outside_family
import pytest

from acncodec.errors import ModelError, TrainingError
from acncodec.families import acn, vae
from acncodec.families.registry import (
    Registry,
    families,
    family_named,
    family_of_profile,
    find_preset,
    presets,
)

OUTSIDE = outside_family.FAMILY


@dataclass(frozen=True)
class Point:
    """An entry point."""

    name: str
    found: Any

    @property
    def value(self) -> str:
        return f"module:{self.name}"

    def load(self) -> Any:
        if isinstance(self.found, BaseException):
            raise self.found
        return self.found


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> list[Point]:
    """The entry points that there are; how often they were asked for is `asked`."""
    points: list[Point] = []
    monkeypatch.setattr(metadata, "entry_points", lambda group: points)
    return points


def test_a_family_is_found_by_name_and_by_profile(plugins: list[Point]) -> None:
    registry = Registry(acn.FAMILY, vae.FAMILY)
    assert registry.find(name="vae") is registry.find(profile="int15-vae") is vae.FAMILY
    assert registry.find(name="outside") is None and registry.find(profile="int15-") is None
    registry.register(OUTSIDE)
    registry.register(OUTSIDE)
    assert registry.find(profile="outside-1") is OUTSIDE
    assert registry.all() == (acn.FAMILY, vae.FAMILY, OUTSIDE)
    registry.unregister("outside")
    assert registry.find(name="outside") is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "acn"}, "there is the family acn"),
        ({"profile": "int15"}, "there is the family acn"),
        ({"presets": (replace(OUTSIDE.presets[0], name="tiny"),)}, "a preset tiny of acn"),
        ({"name": "Out side"}, "no name"),
        ({"profile": "\x1b[2J"}, "no name"),
        ({"capabilities": frozenset({"flight"})}, "unknown capability flight"),
        ({"config": dict}, "no ModelConfig"),
        ({"since": 0}, "format version 0"),
        ({"likelihood": None}, "go together"),
        ({"capabilities": frozenset({"codes"})}, "go together"),
        (
            {"likelihood": None, "capabilities": frozenset({"codes"})},
            "neither a likelihood nor a renderer",
        ),
    ],
)
def test_ill_formed_families_and_twins_are_refused(changes: dict[str, Any], words: str) -> None:
    registry = Registry(acn.FAMILY)
    with pytest.raises(ModelError, match=words.replace("[", r"\[")):
        registry.register(replace(OUTSIDE, **changes))


def test_plugins_are_loaded_once_and_only_when_they_are_needed(plugins: list[Point]) -> None:
    plugins.append(Point("outside", OUTSIDE))
    registry = Registry(acn.FAMILY)
    assert registry.find(name="acn") is acn.FAMILY
    plugins.append(Point("vae", vae.FAMILY))
    assert registry.find(profile="outside-1") is OUTSIDE
    plugins.clear()
    assert registry.all() == (acn.FAMILY, OUTSIDE, vae.FAMILY) and registry.problems() == ()


def test_plugins_that_cannot_be_used_are_problems(plugins: list[Point]) -> None:
    plugins += [
        Point("absent", ModuleNotFoundError("No module named 'x'")),
        Point("number", 5),
        Point("twin", replace(OUTSIDE, name="acn")),
        Point("outside", OUTSIDE),
    ]
    registry = Registry(acn.FAMILY)
    assert registry.all() == (acn.FAMILY, OUTSIDE)
    assert [problem.split(" cannot")[0] for problem in registry.problems()] == [
        "the plugin absent", "the plugin number", "the plugin twin",
    ]  # fmt: skip
    assert "ModuleNotFoundError: No module named 'x'" in registry.problems()[0]
    assert "module:number is a int, no Family" in registry.problems()[1]


def test_unknown_names_are_refused_with_those_there_are() -> None:
    with pytest.raises(ModelError, match=r"no family is called 'flow'.*acn, pixelcnn, vae"):
        family_named("flow")
    with pytest.raises(
        ModelError, match=r"no family has the profile 'int16'.*int15, int15-pixelcnn"
    ):
        family_of_profile("int16")
    with pytest.raises(TrainingError, match=r"no preset 'huge'.*mnist, mnist-small"):
        find_preset("huge")


def test_every_preset_is_its_familys() -> None:
    for name, (family, preset) in presets().items():
        assert preset.name == name and isinstance(preset.config, family.config)
        assert family in families()
    assert {
        "mnist", "mnist-small", "mnist-paper", "tiny", "mnist-pixelcnn", "mnist-vae",
        "mnist-pixelvae", "tiny-pixelcnn", "tiny-vae", "tiny-pixelvae",
    } <= set(presets())  # fmt: skip
