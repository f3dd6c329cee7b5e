"""`--shard I/S`: which part of DATA is compressed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from acncodec.errors import DataError, naming

if TYPE_CHECKING:
    from acncodec.codec import CompressOptions
    from acncodec.images import DataSource
    from acncodec.images.mixed_source import MixedSource

    from .places import Place

Pair = tuple[int, int]
"""I and S."""


class ShareType(click.ParamType[Pair]):
    """`I/S`: the I-th of S parts."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Pair:
        """(I, S). Fails where there is no such part."""
        from acncodec.joining.cut import Share

        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", str(value), re.ASCII)
        if match is None:
            self.fail(f"{value!r} is not I/S, such as 1/4, the first of four parts", param, ctx)
        try:
            share = Share(int(match[1]), int(match[2]))
        except DataError as error:
            self.fail(str(error), param, ctx)
        return share.number, share.of


SHARE = ShareType()


def part_of(
    data: DataSource | MixedSource, source: Place, share: Pair | None, options: CompressOptions
) -> DataSource | MixedSource:
    """The part of `data`, which was read from `source`, that was asked for; all of it if none was.

    Raises `DataError` where there is no such part.
    """
    if share is None:
        return data
    from acncodec.joining.cut import Share, cut

    with naming(source):
        return cut(data, Share(*share), options)


def part_text(share: Pair | None, count: int, shard_size: int | None) -> str:
    """A line for the user about the part of `count` images that was compressed, if it was one."""
    if share is None:
        return ""
    from acncodec.joining.cut import Share

    rows = Share(*share).rows(count, shard_size)
    which = f"images {rows.start:,} to {rows.stop - 1:,}" if len(rows) else "no image"
    return f"\n  part         {share[0]:,} of {share[1]:,}: {which} of {count:,}"
