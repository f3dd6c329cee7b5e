"""The library: its scripts as they may stand in a page, with the licence of the wheel."""

from __future__ import annotations

import importlib.metadata

import pytest

from acncodec.errors import MissingExtraError
from acncodec.explore import library
from acncodec.explore.library import LICENCE, SCRIPTS, load_library


class File:
    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text

    def read_text(self, encoding: str) -> str:
        assert encoding == "utf-8"
        return self.text


class Installed:
    version = "9.9"

    def __init__(self, *texts: tuple[str, str]) -> None:
        self.files = [File(*text) for text in texts]


def test_scripts_end_no_element_and_name_no_map(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'say("</script></Script>");\n//# sourceMappingURL=bokeh.min.js.map\n'
    files = [(name, text) for name in SCRIPTS]
    monkeypatch.setattr(library, "distribution", lambda _: Installed(*files, (LICENCE, "BSD")))
    found = load_library()
    assert found.scripts == ('say("<\\/script><\\/Script>");\n\n',) * len(SCRIPTS)
    assert (found.version, found.licence) == ("9.9", "BSD")


def test_without_it_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(library, "distribution", none)
    with pytest.raises(MissingExtraError, match=r"needs Bokeh.*pip install 'acncodec\[explore\]'"):
        load_library()


def test_a_wheel_without_its_licence_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [(name, "") for name in SCRIPTS]
    monkeypatch.setattr(library, "distribution", lambda _: Installed(*files))
    with pytest.raises(MissingExtraError, match=r"Bokeh 9\.9 lacks LICENSE\.txt"):
        load_library()


def test_the_one_that_is_installed_has_all() -> None:
    found = load_library()
    assert found.version == importlib.metadata.version("bokeh")
    assert "Redistribution and use in source and binary forms" in found.licence
    assert all(script and "</script" not in script.lower() for script in found.scripts)
