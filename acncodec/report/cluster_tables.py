"""Tables of sets whose shards are done on a Ray cluster."""

from __future__ import annotations

from acncodec.report.document import Row, Table, number
from acncodec.report.results import Source
from acncodec.report.schema import RayBeside

WAYS = {
    "here": "threads of one process", "ray": "the cluster",
    "killed": "a process killed in the middle", "lost": "a machine lost in the middle",
}  # fmt: skip


def ray_table(source: Source, found: RayBeside) -> Table:
    """The same set with and without a cluster, and with what may happen to one."""
    rows = [
        Row(
            (
                WAYS.get(way.way, way.way), number(found.images, 0),
                number(way.start_seconds, 1), number(way.compress_seconds, 1),
                number(way.decompress_seconds, 1), number(way.peak_mib, 0),
            ),
            (source,),
        )
        for way in found.ways
    ]  # fmt: skip
    stream = found.stream
    if stream is not None:
        cells = (
            f"the cluster, {stream.data_mib:,.0f} MiB read shard by shard",
            number(stream.images, 0), None, number(stream.compress_seconds, 1), None,
            number(stream.peak_mib, 0),
        )  # fmt: skip
        rows.append(Row(cells, (source,), opens=True))
    same = "All made the same file." if found.same_bytes else "NOT all made the same file."
    note = f"{same} Peaks are of the process that asks, without those that do the work."
    headings = "way", "images", "start, s", "compress, s", "decompress, s", "peak, MiB"
    caption = f"{found.shards} shards with and without a Ray cluster of {found.machines} machines"
    return Table(f"ray-{source.number}", caption, headings, tuple(rows), (note,))
