"""Which names of an archive may become files."""

from __future__ import annotations

import pytest

from acncodec.errors import DataError
from acncodec.images.plain_names import check_plain, find_unplain


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["a.png"],
        ["a/b/c.png", "a/b.png", "a.png", "b/a.png"],
        ["...", "..a", "a..", ".hidden", "a b.png", "10:20:30.png", "console.png", "nullable/a"],
        ["Ä.png", "ä/b.png", "ß.png", "日本/語.png", "\udcff.png"],
        ["a" * 255],
    ],
)
def test_plain_names(names: list[str]) -> None:
    check_plain(names)
    assert find_unplain(names) is None


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a.png", "../b.png"], "'../b.png' leads out of the folder"),
        (["a/../../b.png"], "leads out"),
        ([".."], "leads out"),
        (["/etc/a.png"], "is absolute"),
        (["a//b"], "has an empty part"),
        (["a/"], "has an empty part"),
        ([""], "has an empty part"),
        (["./a"], "has an empty part"),
        (["a\0b"], "no file's name should have"),
        (["a\nb"], "no file's name should have"),
        (["a\\..\\b"], "no file's name should have"),
        (["C:a.png"], "begins with a drive"),
        (["a/c:/b.png"], "begins with a drive"),
        (["a/nul"], "reserved for a device"),
        (["CON.png"], "reserved for a device"),
        (["com1 .tar.png"], "reserved for a device"),
        (["aux/a.png"], "reserved for a device"),
        (["\ud800.png"], "is not valid Unicode"),
        (["ä" * 128], "is too long"),
        (["/".join("a" * 200 for _ in range(20))], "is too long"),
        (["a.png", "a.png"], "'a.png' is the same file as 'a.png'"),
        (["a.png", "A.PNG"], "'A.PNG' is the same file as 'a.png'"),
        (["A/b.png", "a/B.png"], "is the same file as"),
        (["straße.png", "STRASSE.png"], "is the same file as"),
        (["\u00e4.png", "a\u0308.png"], "is the same file as"),
        (["a.png", "A.png/0.png"], "lies in 'a.png', which is a picture"),
        (["a.png/b/0.png", "A.png"], "is the folder of 'a.png/b/0.png'"),
    ],
)
def test_what_is_not_plain_is_named(names: list[str], message: str) -> None:
    with pytest.raises(DataError, match="the name ") as caught:
        check_plain(names)
    assert message in str(caught.value)


def test_folders_are_one_where_case_does_not_count() -> None:
    check_plain(["A/a.png", "a/b.png"])
