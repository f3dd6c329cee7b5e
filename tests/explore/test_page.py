"""The page: one file, nothing from outside, no markup out of names, small."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
from explorations import STUB, data_of, made_up, sheets_of
from tiny import blobs

from acncodec.data import bundled
from acncodec.explore.page import to_html

HOSTILE = '</script><img src=x onerror="alert(1)">&amp;'
IMAGES = blobs(24, 2)


class Elements(HTMLParser):
    """All elements of a page, and the text of those called `wanted`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_same_exploration_gives_the_same_page() -> None:
    pages = {to_html(made_up(IMAGES, 2, np.arange(24) % 4), STUB) for _ in range(2)}
    assert len(pages) == 1


def test_nothing_comes_from_outside() -> None:
    page = to_html(made_up(IMAGES, 2, np.arange(24) % 4), STUB)
    for tag, attributes in Elements(page).found:
        assert tag not in {"link", "iframe", "object", "embed", "base"}
        for name in ("src", "href", "srcset", "data"):
            assert (attributes.get(name) or "data:").startswith("data:"), tag
    assert "default-src 'none'" in page
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|import\(", page)


def test_names_are_text_and_never_markup() -> None:
    plain = made_up(IMAGES, 2, np.array(["a", "b"] * 12), name="a")
    hostile = made_up(IMAGES, 2, np.array([HOSTILE, "b"] * 12), name=HOSTILE)
    hostile = replace(
        hostile, subject=replace(hostile.subject, model=HOSTILE), notes=(HOSTILE,)
    )  # fmt: skip
    page = to_html(hostile, replace(STUB, licence=HOSTILE))
    added = [tag for tag, _ in Elements(page).found]
    added.remove("li")  # the note
    assert added == [tag for tag, _ in Elements(to_html(plain, STUB)).found]
    assert data_of(page)["labels"]["names"][0] == HOSTILE


def test_what_is_lossy_is_said() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (2100, 3, 32, 32)).astype(np.uint8)
    page = to_html(made_up(noise, 256), STUB)
    assert "Thumbnails are JPEG" in page
    assert {sheet.format for sheet in sheets_of(page)} == {"JPEG"}
    assert "Thumbnails are JPEG" not in to_html(made_up(noise[:9], 256), STUB)


def test_the_licence_of_the_library_is_carried() -> None:
    page = to_html(made_up(IMAGES, 2), replace(STUB, version="3.4", licence="Copyright <c> X"))
    assert "Bokeh 3.4" in page and "Copyright &lt;c&gt; X" in page


def test_some_of_a_set_are_said_to_be_some() -> None:
    made = made_up(IMAGES, 2)
    page = to_html(replace(made, subject=replace(made.subject, total=1000)), STUB)
    assert "24 of 1,000 images, picked by the seed." in page


def test_a_thousand_binarised_digits_take_a_tenth_of_what_ten_thousand_may() -> None:
    """Six megabytes, of which the library takes less than two."""
    with np.load(bundled()) as arrays:
        digits, labels = arrays["x"][:1000, None], arrays["y"][:1000]
    page = to_html(made_up(digits, 2, labels, near=8), STUB)
    assert len(page) < 4_000_000 / 10
