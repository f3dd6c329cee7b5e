"""How to compress: what may be chosen, checked."""

from __future__ import annotations

from dataclasses import dataclass

from acncodec.container import CODERS, MAX_ALPHA, MAX_KERNEL
from acncodec.errors import CoderError, DataError
from acncodec.ordering.plan import PlanOptions
from acncodec.ordering.tours import SOLVERS
from acncodec.run.progress import Progress, silent
from acncodec.run.settings import Begin, Run


@dataclass(frozen=True)
class CompressOptions:
    """How to compress. `threads`, `batch` and `device` decide the speed and never a byte.

    `solver` is that of tours, and is not looked at where there is none.
    alpha, kernel: of an urn (`UrnRule`); None takes the cheapest by estimate.
    `shard_size`: the most images in a shard; all in one by default. Shards are independent, so
    that a damaged one costs no image of another; but S shards of a `set` cost log2 S bits an
    image. `embed`: whether the file carries its models, but for those whose ids are in `at_hand`,
    which every reader has.
    `stored`: `auto` where images that no model codes well may be stored, else `never`.
    `allow_large`: whether images are modelled that take over a second each to decode, and the file
    may ask for more than readers give unasked (`acncodec.codec.demand`).
    `part`: whether the set is a part of a larger one (`acncodec.joining`): labels then lie among
    the other arrays, and a mixed set names all classes that some part may need.
    """

    order: str = "keep"
    ordering: str = "auto"
    coder: str = "ans"
    threads: int = 2
    batch: int = 256
    alpha: int | None = None
    kernel: int | None = None
    shard_size: int | None = None
    solver: str = "improved"
    device: str = "cpu"
    stored: str = "auto"
    embed: bool = False
    allow_large: bool = False
    at_hand: frozenset[bytes] = frozenset()
    part: bool = False
    begin: Begin | None = None

    def __post_init__(self) -> None:
        if self.order not in ("keep", "any"):
            raise DataError(f"the order is keep or any, not {self.order!r}")
        if self.coder not in CODERS:
            raise CoderError(f"unknown coder {self.coder!r}; there is {', '.join(CODERS)}")
        if self.solver not in SOLVERS:
            raise CoderError(f"unknown solver {self.solver!r}; there is {', '.join(SOLVERS)}")
        if self.stored not in ("auto", "never"):
            raise DataError(f"images are stored auto or never, not {self.stored!r}")
        if self.threads < 1 or self.batch < 1:
            raise DataError("threads and batch are at least 1")
        if self.ordering != "urn" and (self.alpha, self.kernel) != (None, None):
            raise DataError("an alpha and a kernel go with the ordering `urn`")
        if not 1 <= (1 if self.alpha is None else self.alpha) <= MAX_ALPHA:
            raise DataError(f"alpha is 1 to {MAX_ALPHA}, not {self.alpha}")
        if not 0 <= (self.kernel or 0) <= MAX_KERNEL:
            raise DataError(f"the kernel is 0 to {MAX_KERNEL}, not {self.kernel}")
        if self.shard_size is not None and self.shard_size < 1:
            raise DataError("a shard has at least 1 image")

    def run(self, progress: Progress = silent) -> Run:
        """How to work."""
        return Run(self.threads, self.batch, self.device, progress, begin=self.begin)

    def embeds(self, model_id: bytes) -> bool:
        """Whether the file carries a model, if an image is coded by it."""
        return self.embed and model_id not in self.at_hand

    @property
    def planning(self) -> PlanOptions:
        """Those by which a shard is planned."""
        return PlanOptions(
            self.ordering, self.order == "keep", self.solver, self.alpha, self.kernel
        )
