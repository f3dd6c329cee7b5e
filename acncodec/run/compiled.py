"""Compiled functions, and where they are kept for the next process.

numba keeps what it compiles under a stamp of the function's own source file. What the function
takes in from other files (functions, constants, LLVM code) is not in that stamp, so that an old
kernel would outlive a change of those, an upgrade of the package too. Here they are kept in a
folder that is named by a digest of the modules with kernels and of all that these import.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from numba import config, njit
from numba.core import caching
from numba.core.runtime import nrt

settings: Any = config
PACKAGE = Path(__file__).parent.parent
PREFIX = "acncodec-kernels-"
IMPORTS = re.compile(rb"^\s*from (\S+) import (\([^)]*\)|[^(\n]*)", re.MULTILINE)
"""Imports of names, which is how modules of this package import one another."""
USUAL: dict[str, Any] = {"nogil": True, "no_cfunc_wrapper": True}
"""Of each function numba would compile a second entry, for callers in C, who are not here."""
BESIDE = PACKAGE / "__pycache__"


def kernel_sources(package: Path = PACKAGE) -> dict[str, bytes]:
    """The modules that have kernels, and all that those import from the package: what is in each,
    by its name, sorted. Every start waits for this, so that each file is read once, as bytes."""
    texts: dict[str, bytes] = {}
    for folder, _, files in os.walk(package):
        room = os.path.relpath(folder, package.parent).replace(os.sep, ".")
        for file in files:
            if file.endswith(".py"):
                texts[f"{room}.{file[:-3]}"] = _content(os.path.join(folder, file))  # noqa: PTH118
    found: set[str] = set()
    left = [name for name, text in texts.items() if b"compiled import" in text]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            for start, names in IMPORTS.findall(texts[name]):
                room = start.decode()
                inside = (f"{room}.{word.decode()}" for word in re.findall(rb"\w+", names))
                left += [module for module in (room, *inside) if module in texts]
    return {name: texts[name] for name in sorted(found)}


def _content(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read()


def sources_digest(package: Path = PACKAGE) -> str:
    """A digest of the sources that kernels are made of, 16 hexadecimal digits."""
    total = hashlib.sha256()
    for name, source in kernel_sources(package).items():
        total.update(f"{name} {len(source)}\n".encode() + source)
    return total.hexdigest()[:16]


def kept_in(places: Iterable[Path], digest: str) -> Path:
    """The folder for kernels of this digest, in the first of `places` that can be written to.

    Where nothing can be written to, it is a temporary one of this process.
    """
    for place in places:
        folder = place / f"{PREFIX}{digest}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    passing = tempfile.mkdtemp(prefix=PREFIX)
    atexit.register(shutil.rmtree, passing, ignore_errors=True)
    return Path(passing)


def remove_others(kept: Path) -> None:
    """Remove the folders of kernels that lie beside `kept`, of earlier sources."""
    for other in kept.parent.glob(f"{PREFIX}*"):
        if other != kept:
            shutil.rmtree(other, ignore_errors=True)


def _places() -> list[Path]:
    """Where kernels may be kept, the best place first: beside the package, else for the user."""
    if settings.CACHE_DIR:  # NUMBA_CACHE_DIR
        return [Path(settings.CACHE_DIR)]
    places = [BESIDE]
    with contextlib.suppress(RuntimeError):  # no home
        caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        places.append(Path(caches) / "acncodec")
    return places


@functools.cache
def folder() -> Path:
    """Where this process keeps its kernels, made when the first function is to be compiled."""
    place = kept_in(_places(), sources_digest())
    if place.parent == BESIDE:  # elsewhere other installations keep theirs too
        remove_others(place)
    return place


class Kept(caching.FunctionCache):
    """numba's cache of a function, from which it is loaded without what only a compiler needs.

    numba's own first imports the implementations of all that it can compile, a fifth of a second
    where nothing is to be compiled; a compiler imports them all the same. What compiled functions
    call at run time is made ready here as there.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What is kept for a signature, or None."""
        nrt.rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)  # type: ignore[no-untyped-call]


def compiled(**options: Any) -> Callable[[Any], Any]:
    """numba's `njit` without the interpreter's lock, kept in `folder()`; with its other options."""

    def compiler(function: Any) -> Any:
        before = settings.CACHE_DIR
        settings.CACHE_DIR = str(folder())  # the folder is chosen when a function is decorated
        try:
            made = njit(**USUAL | options)(function)
            made._cache = Kept(function)  # type: ignore[no-untyped-call] # as cache=True would
            return made
        finally:
            settings.CACHE_DIR = before

    return compiler


def spare_blas() -> None:
    """Let numba not import SciPy's linear algebra, a third of a second, before its first function.

    It does so to find out whether there is a BLAS, as there is: SciPy is required here. A function
    that multiplies matrices imports it when it is loaded. To be called before the first function.
    """
    from numba.np import linalg

    asked = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        import numba.np.arraymath  # noqa: F401 which asks when it is imported
    finally:
        linalg.ensure_blas = asked
