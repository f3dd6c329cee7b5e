"""What `acncodec compress` was asked: checked, read, and as options of the codec."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acncodec.remote.address import Address

from .cluster import cluster_of
from .options import load_set, load_several_data, model_path, open_set
from .outputs import check_archive, is_standard_output
from .places import Place
from .shares import part_of
from .stamps import Stamps, stamps

if TYPE_CHECKING:
    from acncodec.codec import CompressOptions
    from acncodec.images import DataSource
    from acncodec.images.load import ReadOptions
    from acncodec.images.mixed_source import MixedSource


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The arguments and options of one command, by the names that click gives them."""

    sources: tuple[Place, ...]
    target: Place
    images: str | None
    layout: str | None
    label_file: Place | None
    skip: tuple[str, ...]
    aligned: tuple[str, ...]
    not_aligned: tuple[str, ...]
    model: str | None
    order: str
    ordering: str
    alpha: int | None
    kernel: int | None
    solver: str
    coder: str
    threads: int
    batch: int
    device: str
    shard_size: int | None
    share: tuple[int, int] | None
    cluster: str | None
    stored: str
    fit: float | None
    pace: str | None
    start: str | None
    embed_model: bool
    decode_jpeg: bool
    allow_large: bool
    force: bool
    verify: bool
    as_json: bool

    def check(self) -> None:
        """Raise `UsageError` on options that do not go together, `AcnError` where the output
        cannot be."""
        if self.pace is not None and self.fit is None:
            raise click.UsageError(f"--{self.pace} goes with --fit")
        if self.start is not None and self.fit is None:
            raise click.UsageError("--start goes with --fit")
        if self.share is not None and self.fit is not None:
            raise click.UsageError(
                "--shard goes without --fit: all parts need one model, which `train` makes for"
                " --model"
            )
        if self.fit is not None and not math.isfinite(self.fit):
            raise click.BadParameter(f"{self.fit} is not a time", param_hint="--fit")
        if len(self.sources) > 1 and self.label_file is not None:
            raise click.UsageError("--labels goes with a single DATA")
        piped = is_standard_output(self.target)
        if self.fit is not None and (piped or isinstance(self.target, Address)):
            raise click.UsageError("--fit keeps its state beside OUT.acn, which must be a path")
        if piped and self.as_json:
            raise click.UsageError("--json goes to standard output, and so does OUT.acn")
        model = model_path(self.model)
        check_archive(self.target, self.force, *self.sources, self.label_file, model)

    @property
    def source(self) -> Place:
        """What messages call DATA: the first of several."""
        return self.sources[0]

    @property
    def beside(self) -> Path | None:
        """The archive beside which a fit keeps its state; None where none is asked for."""
        return None if self.fit is None or isinstance(self.target, Address) else self.target

    def stamps(self) -> Stamps:
        """Those of all that is read, where a fit takes so long that it may change meanwhile."""
        return {} if self.beside is None else stamps((*self.sources, self.label_file), self.beside)

    def read(self, *, warned: bool) -> DataSource | MixedSource:
        """All of DATA and the labels; warnings are passed on, unless the user has had them."""
        said: ReadOptions = {
            "images": self.images, "layout": self.layout, "aligned": self.aligned,
            "not_aligned": self.not_aligned, "skip": self.skip, "join": True,
            "lossy": self.decode_jpeg,
        }  # fmt: skip
        if len(self.sources) > 1:
            return load_several_data(self.sources, warned=warned, **said)
        if (self.shard_size is not None or self.share is not None) and self.fit is None:
            scattered = self.order == "any"
            return open_set(
                self.source, self.label_file, warned=warned, scattered=scattered, **said
            )
        return load_set(self.source, self.label_file, warned=warned, **said)

    def part(
        self, whole: DataSource | MixedSource, options: CompressOptions
    ) -> DataSource | MixedSource:
        """What is compressed of all that was read."""
        return part_of(whole, self.source, self.share, options)

    def options(self) -> CompressOptions:
        """How to compress, whatever the model; a cluster is joined until the command ends."""
        from acncodec.codec import CompressOptions

        return CompressOptions(
            self.order, self.ordering, self.coder, self.threads, self.batch, solver=self.solver,
            alpha=self.alpha, kernel=self.kernel, shard_size=self.shard_size, device=self.device,
            stored=self.stored, allow_large=self.allow_large, part=self.share is not None,
            begin=cluster_of(self.cluster, self.threads),
        )  # fmt: skip
