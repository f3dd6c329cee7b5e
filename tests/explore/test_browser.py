"""The page in a real browser: nothing asked for, nothing complained of, and all of it works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browser import Opened, browser, frames_a_second, grab, opened, why_not
from explorations import made_up

from acncodec.data import bundled
from acncodec.explore.library import load_library
from acncodec.explore.page import to_html

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REASON = why_not()
pytestmark = [
    pytest.mark.skipif(REASON is not None, reason=f"no page can be looked at: {REASON}"),
    # What the driver leaves to the collector is not the page's.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
COUNT = 300
DARK_MOST, LIGHT_LEAST = 60, 200


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with np.load(bundled()) as arrays:
        digits, labels = arrays["x"][:COUNT, None], arrays["y"][:COUNT]
    target = tmp_path_factory.mktemp("pages") / "page.html"
    target.write_text(to_html(made_up(digits, 2, labels, near=8), load_library()), "utf-8")
    return target


@pytest.fixture
def shown(started: Browser, path: Path) -> Iterator[Opened]:
    found = opened(started, path)
    yield found
    found.page.close()


def large(page: Page) -> int:
    """The image that is shown large."""
    return int(page.locator("#large").get_attribute("data-row") or -1)


def ranges(page: Page) -> list[float]:
    found: list[float] = page.evaluate(
        "(({x_range: x, y_range: y}) => [x.start, x.end, y.start, y.end])(explorer.figure)"
    )
    return found


def lone(page: Page) -> tuple[int, list[float]]:
    """An image whose point no other hides, and its place in the window."""
    found: list[Any] = page.evaluate(
        """() => {
          const {data: {count}, placeOf} = explorer;
          const places = Array.from({length: count}, (_, row) => placeOf(row));
          const away = (row) => Math.min(...places.map(([x, y], other) =>
            other === row ? Infinity : Math.hypot(x - places[row][0], y - places[row][1])));
          const rows = places.keys().toArray().sort((a, b) => away(b) - away(a));
          return [rows[0], places[rows[0]]];
        }"""
    )
    return int(found[0]), found[1]


def test_nothing_is_asked_for_and_nothing_complained_of(shown: Opened, path: Path) -> None:
    shown.page.wait_for_timeout(300)
    assert shown.complaints == []
    asked = [url for url in shown.requests if not url.startswith(("data:", "blob:"))]
    assert asked == [path.resolve().as_uri()]


def test_the_image_under_the_pointer_is_shown_with_its_neighbours(shown: Opened) -> None:
    page = shown.page
    row, (x, y) = lone(page)
    page.mouse.move(x + 2, y + 1)
    page.wait_for_function(f"document.getElementById('large').dataset.row === '{row}'")
    facts = page.locator("#facts").inner_text()
    label = page.evaluate(f"explorer.data.labels.names[explorer.data.labels.of[{row}]]")
    assert f"label\n{label}" in facts and "bits" in facts and "place in the tour" in facts
    near = page.evaluate(f"[...explorer.data.near[0].rows.slice(8 * {row}, 8 * {row} + 8)]")
    thumbnails = page.locator("#near .strip").first.locator("button")
    assert [int(b.get_attribute("data-row") or -1) for b in thumbnails.all()] == near
    inked = page.evaluate(
        """() => {
          const canvas = document.getElementById('large');
          const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          return Array.from({length: data.length / 4}, (_, i) => data[4 * i] < 128 ? 1 : 0);
        }"""
    )
    with np.load(bundled()) as arrays:
        assert inked == arrays["x"][row].ravel().tolist()


def test_a_click_holds_and_escape_lets_go(shown: Opened) -> None:
    page = shown.page
    row, (x, y) = lone(page)
    page.mouse.click(x, y)
    page.wait_for_function(f"explorer.state.held && explorer.state.row === {row}")
    box = page.locator("#plot").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(150)
    assert large(page) == row
    page.keyboard.press("Escape")
    assert not page.evaluate("explorer.state.held")


def test_keys_move_and_zoom_the_map(shown: Opened) -> None:
    page = shown.page
    page.locator("#plot").focus()
    whole = ranges(page)
    page.keyboard.press("ArrowRight")
    moved = ranges(page)
    assert moved[0] > whole[0] and moved[2:] == pytest.approx(whole[2:])
    page.keyboard.press("+")
    closer = ranges(page)
    assert closer[1] - closer[0] == pytest.approx((moved[1] - moved[0]) / 1.25)
    page.keyboard.press("0")
    assert ranges(page) == pytest.approx(whole)


def test_keys_walk_along_the_tour(shown: Opened) -> None:
    page = shown.page
    places: list[int] = page.evaluate("[...explorer.data.places]")
    page.keyboard.press(".")
    first = large(page)
    page.keyboard.press(".")
    assert places[large(page)] == (places[first] + 1) % COUNT
    page.keyboard.press(",")
    assert large(page) == first


def test_dragging_pans_and_the_wheel_zooms(shown: Opened) -> None:
    page = shown.page
    whole = ranges(page)
    x, y = grab(page)
    page.mouse.move(x + 60, y + 30)
    page.mouse.up()
    moved = ranges(page)
    assert moved[0] < whole[0] and moved[2] > whole[2]
    page.mouse.wheel(0, -240)
    page.wait_for_function(
        f"explorer.figure.x_range.end - explorer.figure.x_range.start < {moved[1] - moved[0]}"
    )


def test_colours_change_by_radio_button_and_by_key(shown: Opened) -> None:
    page = shown.page
    colours = "JSON.stringify(explorer.points.data.colour)"
    seen = [page.evaluate(colours)]
    page.get_by_label("bits", exact=True).check(force=True)
    seen.append(page.evaluate(colours))
    page.get_by_label("place in the tour", exact=True).check(force=True)
    seen.append(page.evaluate(colours))
    page.locator("#plot").focus()
    page.keyboard.press("c")
    seen.append(page.evaluate(colours))
    assert len(set(seen)) == 4


def test_the_other_map_is_laid_out_by_its_radio_button(shown: Opened) -> None:
    page = shown.page
    before = page.evaluate("[...explorer.points.data.x]")
    page.get_by_label("PCA", exact=True).check(force=True)
    after = page.evaluate("[...explorer.points.data.x]")
    assert after != before
    assert after == page.evaluate(
        "[...explorer.data.planes[0].points].filter((_, i) => i % 2 === 0)"
    )


def test_every_control_is_reached_by_tab(shown: Opened) -> None:
    page = shown.page
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.closest('[id]')?.id"))
    assert {"planes", "colourings", "closer", "plot", "legend", "near", "extremes"} <= reached


def test_it_is_dark_where_the_reader_wants_it_dark(started: Browser, path: Path) -> None:
    """Half of all pixels, page and map, are dark there and light else."""
    from io import BytesIO

    from PIL import Image

    for dark in (True, False):
        found = opened(started, path, dark=dark)
        for name in ("body", "#plot"):
            picture = Image.open(BytesIO(found.page.locator(name).screenshot())).convert("L")
            median = float(np.median(np.asarray(picture)))
            assert median < DARK_MOST if dark else median > LIGHT_LEAST
        assert found.complaints == []
        found.page.close()


def test_the_map_moves_while_it_is_dragged(shown: Opened) -> None:
    """How often a second is for the bench to say; that it is repainted at all, for a test."""
    assert frames_a_second(shown.page, seconds=1.0) > 0


def test_a_page_of_pixels_alone_works(started: Browser, tmp_path: Path) -> None:
    from dataclasses import replace

    pixels = np.random.default_rng(0).integers(0, 256, (5, 3, 8, 8)).astype(np.uint8)
    made = made_up(pixels, 256)
    bare = replace(made, costs=None, tour=None, near=made.near[1:], planes=made.planes[:1])
    path = tmp_path / "bare.html"
    path.write_text(to_html(bare, load_library()), "utf-8")
    found = opened(started, path)
    found.page.keyboard.press(".")
    assert large(found.page) == 1 and found.complaints == []
    assert found.page.locator("#near h2").all_inner_texts() == ["Nearest by pixels"]
    found.page.close()
