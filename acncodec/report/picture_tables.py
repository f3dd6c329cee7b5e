"""Photographs, pictures of many shapes, and sets that a net never saw."""

from __future__ import annotations

from acncodec.report.document import Row, Table, number
from acncodec.report.results import Source
from acncodec.report.rival_tables import is_ours
from acncodec.report.schema import LeftOut, ManyShapes, OnePhotograph, Photographs


def one_photograph_table(source: Source, found: OnePhotograph) -> Table:
    """One large picture, as it is and in tiles, beside formats of pictures."""
    names = {"whole": "acncodec", "never": "acncodec, nothing stored"}
    ours = [
        (
            names.get(way, f"acncodec, tiles of {way}x{way}"),
            one.bytes,
            one.expected_decompress_seconds,
        )
        for way, one in found.ways.items()
    ]
    others = [(name, nbytes, None) for name, nbytes in found.others.items()]
    rows = tuple(
        Row((name, number(nbytes, 0), number(seconds, 1)), (source,), strong=is_ours(name))
        for name, nbytes, seconds in sorted([*ours, *others], key=lambda row: row[1])
    )
    caption = f"One picture, {found.data}, {found.raw_bytes:,} bytes; model {found.model}"
    headings = "compressor", "bytes", "decoding is expected to take, s"
    return Table(f"one-photograph-{source.number}", caption, headings, rows, ())


def photographs_table(source: Source, found: Photographs) -> Table:
    """The photographs that tiles were cut from."""
    rows = tuple(
        Row(
            (
                one.file, kind, one.licence, f"{one.height:,} x {one.width:,}",
                number(one.tiles, 0), number(one.blockiness, 3),
            ),
            (source,),
        )
        for kind, files in (("colour", found.rgb), ("grey", found.grey))
        for one in files
    )  # fmt: skip
    caption = f"Photographs that were cut into tiles of {found.tile}x{found.tile}"
    headings = "file", "kind", "licence", "size", "tiles", "steps at blocks of 8x8, others 1"
    return Table(f"photographs-{source.number}", caption, headings, rows, ())


def many_shapes_table(source: Source, found: ManyShapes) -> Table:
    """Pictures of one shape, and as many of many shapes."""
    rows = tuple(
        Row(
            (
                number(one.images, 0), number(one.shapes, 0), number(one.samples, 0),
                number(one.file_bytes, 0),
                number(1e6 * one.compress_seconds / one.samples),
                number(1e6 * one.decompress_seconds / one.samples),
            ),
            (source,),
        )
        for one in found.sets.values()
    )  # fmt: skip
    ratios = found.ratios
    note = (
        f"A sample of many shapes took {ratios.compress:.2f} times as long to compress and"
        f" {ratios.decompress:.2f} times as long to decompress; a shape took"
        f" {ratios.bytes_a_shape:.1f} bytes."
    )
    caption = f"Drawn pictures by the model {found.model}, threads: {found.threads}"
    headings = (
        "images", "shapes", "samples", "bytes", "compress, µs a sample",
        "decompress, µs a sample",
    )  # fmt: skip
    return Table(f"many-shapes-{source.number}", caption, headings, rows, (note,), labels=0)


def left_out_table(source: Source, found: LeftOut) -> Table:
    """What leaving a set out of the training costs that set, and gives the others."""
    rows = tuple(
        Row(
            (
                name, number(one.seen, 3), number(one.unseen, 3),
                number(one.cost_percent, 1, strong=True), number(one.gain_of_others_percent, 1),
            ),
            (source,),
        )
        for name, one in found.left_out.items()
    )  # fmt: skip
    caption = f"Nets of {found.weights:,} weights after {found.steps:,} steps, bits/dim"
    headings = "set", "net that saw it", "net that did not", "more, %", "the others gained, %"
    return Table(f"left-out-{source.number}", caption, headings, rows, ())
