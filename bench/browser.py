"""A page in a real browser without a screen: Debian's chromium, driven by playwright."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ("--no-sandbox", "--enable-unsafe-swiftshader")
"""Without a graphics card WebGL is computed, which the browser does only where it is asked to."""
SIZE = (1280, 860)
READY = "html[data-ready]"
WAIT_MS = 120_000
TRIES = 20
COUNT_FRAMES = """() => {
  const {x_range} = explorer.figure;
  const log = (globalThis.frameLog = {times: [], start: x_range.start});
  const look = (now) => {
    if (x_range.start !== log.start) log.times.push(now);
    log.start = x_range.start;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def find_browser() -> str | None:
    """Where the browser is, or none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def why_not() -> str | None:
    """Why no page can be opened here, or none if one can."""
    if find_browser() is None:
        return f"there is no browser ({', '.join(NAMES)})"
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "playwright is not installed"
    return None


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser, closed at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=find_browser(), args=list(OPTIONS))
        try:
            yield started
        finally:
            started.close()


@dataclass
class Opened:
    """A page that has been opened: what it complained of, and what it asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def heard(self, message: ConsoleMessage) -> None:
        """Note an error or a warning."""
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


def opened(
    started: Browser, path: Path, *, dark: bool = False, size: tuple[int, int] = SIZE
) -> Opened:
    """Open a page made by `acncodec explore` and wait until it is drawn."""
    page = started.new_page(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light"
    )
    page.set_default_timeout(WAIT_MS)
    found = Opened(page)
    page.on("console", found.heard)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    page.on("request", lambda request: found.requests.append(request.url))
    page.goto(path.resolve().as_uri())
    page.wait_for_selector(READY, state="attached")
    return found


def grab(page: Page) -> tuple[float, float]:
    """Take hold of the map's middle with the pointer, and move it a little; where that is.

    A press that lasts before it moves is none to the library, and on a busy machine each does.
    """
    box = page.locator("#plot").bounding_box()
    if box is None:
        raise RuntimeError("the page has no map")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for _ in range(TRIES):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 20, y)
        if page.evaluate("explorer.state.panning"):
            return x, y
        page.mouse.up()
    raise RuntimeError("the map is too slow to be dragged")


def frames_a_second(page: Page, seconds: float = 4.0) -> float:
    """Frames in which the map had moved, a second, while it is dragged about."""
    x, y = grab(page)
    page.evaluate(COUNT_FRAMES)
    step, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        step += 1
        page.mouse.move(x + 150 * math.sin(step / 15), y + 100 * math.sin(step / 11))
    page.mouse.up()
    times: list[float] = page.evaluate("frameLog.times")
    return 0.0 if len(times) < 2 else 1000 * (len(times) - 1) / (times[-1] - times[0])
