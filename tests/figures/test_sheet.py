"""Sheets: every pixel of every image in its ink, in its place, and nothing else."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tiny import blobs

from acncodec.errors import DataError
from acncodec.figures import sheet as sheets
from acncodec.figures.sheet import Sheet, draw_sheet, gif, png
from acncodec.figures.style import BLACK, BLUE, LINE, PAPER, RED, to_rgb

IMAGES = blobs(6, 1).reshape(2, 3, 1, 8, 8)


def found(page: NDArray[np.uint8], colour: tuple[int, int, int]) -> int:
    return int((page == np.array(colour, np.uint8)).all(-1).sum())


def test_images_are_enlarged_by_whole_pixels_in_their_ink() -> None:
    page = np.asarray(draw_sheet(Sheet(IMAGES, 2, "title", inks=(BLACK, BLUE, BLUE))))
    scale = sheets.MAX_SCALE
    assert found(page, BLACK) == int(IMAGES[:, 0].sum()) * scale**2
    assert found(page, BLUE) == int(IMAGES[:, 1:].sum()) * scale**2
    rows, columns = np.nonzero((page == LINE).all(-1))
    top, left = rows.min() + 1, columns.min() + 1
    tile = page[top : top + 8 * scale, left : left + 8 * scale]
    expected = to_rgb(IMAGES[0, 0], 2).repeat(scale, 0).repeat(scale, 1)
    assert np.array_equal(tile, expected)


def test_images_of_more_levels_are_framed_in_the_ink_of_an_alert() -> None:
    images = np.arange(6, dtype=np.uint16).reshape(1, 2, 3, 1, 1) * 60
    alert = np.array([[False, True]])
    page = np.asarray(draw_sheet(Sheet(images, 301, "t", alert=alert, alert_ink=RED)))
    assert found(page, RED) == 4 * (sheets.MAX_SCALE + 1)
    assert found(page, (0, 51, 102)) == found(page, (153, 204, 255)) == sheets.MAX_SCALE**2


def test_what_lets_light_through_is_shown_on_paper() -> None:
    grey = np.array([[0, 0], [0, 255], [0, 51], [200, 255]], np.uint8).reshape(4, 2, 1, 1)
    assert to_rgb(grey, 256)[:, 0, 0, 0].tolist() == [255, 0, 204, 200]
    colour = np.array([[10, 20, 30, 255], [10, 20, 30, 0]], np.uint8).reshape(2, 4, 1, 1)
    assert to_rgb(colour, 256)[:, 0, 0].tolist() == [[10, 20, 30], [255, 255, 255]]


def test_places_not_shown_stay_paper_and_alerts_have_their_ink() -> None:
    shown = np.array([[True, True, True], [True, False, False]])
    alert = np.zeros((2, 3), bool)
    alert[0, 1] = True
    page = np.asarray(
        draw_sheet(Sheet(IMAGES, 2, "title", shown=shown, alert=alert, alert_ink=RED))
    )
    scale = sheets.MAX_SCALE**2
    assert found(page, RED) == int(IMAGES[0, 1].sum()) * scale
    black = IMAGES[0, 0].sum() + IMAGES[0, 2].sum() + IMAGES[1, 0].sum()
    assert found(page, BLACK) == int(black) * scale


def test_many_images_are_enlarged_less() -> None:
    page = draw_sheet(Sheet(np.zeros((10, 10, 1, 28, 28), np.uint8), 2, "title"))
    assert page.width == 2 * sheets.MARGIN + 10 * 28 * 3 + 9 * sheets.GAP
    huge = draw_sheet(Sheet(np.zeros((100, 2, 1, 28, 28), np.uint8), 2, "title"))
    assert 100 * 28 < huge.height < 100 * (28 + sheets.GAP) + 100


def test_long_titles_are_wrapped() -> None:
    short, long = (draw_sheet(Sheet(IMAGES, 2, "word " * count)) for count in (1, 60))
    assert long.height > short.height
    assert long.width == short.width


def test_headings_and_groups_take_room() -> None:
    plain = draw_sheet(Sheet(IMAGES, 2, "title"))
    grouped = draw_sheet(Sheet(IMAGES, 2, "title", starts={0: "One", 2: ""}))
    assert grouped.height > plain.height


def test_shades_and_colours_are_shown_as_they_are() -> None:
    grey = np.array([[[0, 255], [3, 128]]], np.uint8)
    assert to_rgb(grey, 256)[..., 0].tolist() == [[0, 255], [3, 128]]
    assert to_rgb(grey % 4, 4)[1, 0].tolist() == [255] * 3
    colour = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
    assert to_rgb(colour, 256)[0, 1].tolist() == [1, 5, 9]
    assert to_rgb(np.array([[[0, 1]]], np.uint8), 2, RED).tolist() == [[list(PAPER), list(RED)]]


def test_png_and_gif_hold_the_pages() -> None:
    pages = [draw_sheet(Sheet(IMAGES[:, [k]], 2, "title")) for k in range(3)]
    content = png(pages[0])
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(content))), np.asarray(pages[0]))
    assert png(pages[0]) == content
    with Image.open(io.BytesIO(gif(pages, 300))) as moving:
        assert (moving.n_frames, moving.size) == (3, pages[0].size)
        assert (moving.info["duration"], moving.info["loop"]) == (300, 0)
        moving.seek(2)
        assert moving.info["duration"] == 600
        difference = np.asarray(moving.convert("RGB")).astype(int) - np.asarray(pages[2])
    assert np.abs(difference).max() < 40


def test_a_sheet_needs_images() -> None:
    with pytest.raises(DataError, match="a sheet needs images"):
        Sheet(np.zeros((0, 3, 1, 8, 8), np.uint8), 2, "title")
