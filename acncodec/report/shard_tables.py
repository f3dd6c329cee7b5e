"""What shards are for: many machines, and images that are asked for one by one."""

from __future__ import annotations

from collections.abc import Sequence

from acncodec.report.document import Row, Table, number
from acncodec.report.results import Source
from acncodec.report.schema import RandomAccess, RayBeside

WAYS = {
    "here": "here, without a cluster", "ray": "the cluster",
    "killed": "the cluster, a process killed", "lost": "the cluster, a machine lost",
}  # fmt: skip
EPOCHS = {
    "whole": "all at once", "batches": "an epoch, in batches", "single": "an epoch, one by one",
}  # fmt: skip


def ray_table(found: Sequence[tuple[Source, RayBeside]]) -> Table | None:
    """A set on a cluster and here, of all parts that were measured."""
    if not found:
        return None
    rows, digests = [], set()
    for source, part in found:
        for row in part.rows:
            digests.add((part.images, row.order, row.file_sha256))
            cells = (
                WAYS.get(row.way, row.way), number(part.images, 0), number(part.shards, 0),
                number(part.data_mib, 0), f"`{row.order}`", number(row.start_seconds, 1),
                number(row.compress_seconds, 1), number(row.decompress_seconds, 1),
                number(row.peak_mib, 0),
            )  # fmt: skip
            rows.append(Row(cells, (source,)))
    same = len(digests) == len({digest[:2] for digest in digests})
    notes = (
        "Archives of the same images are the same bytes." if same else "Archives differ.",
        "The peak is that of the process that has it done; start-up is in no other time.",
    )
    headings = (
        "way", "images", "shards", "MiB", "order", "start, s", "compress, s", "decompress, s",
        "peak MiB",
    )  # fmt: skip
    caption = "A set on a cluster of two machines of one processor each, and on two threads"
    return Table("ray", caption, headings, tuple(rows), notes, labels=1)


def random_access_table(source: Source, found: RandomAccess) -> Table:
    """An epoch in random order beside a whole decompression, and images of shards not yet seen."""
    rows = [
        Row(
            (
                EPOCHS.get(way, way), number(took, 2),
                number(found.of_whole.get(way), 3, strong=True),
            ),
            (source,),
        )
        for way, took in found.seconds.items()
    ]  # fmt: skip
    rows += [
        Row((f"an epoch of {found.workers} workers, {how}", number(took, 2), None), (source,))
        for how, took in found.loaders.items()
    ]
    cold = found.cold
    note = (
        f"In shards of {cold.shard_size}, the first image of a shard took"
        f" {cold.median_milliseconds:.0f} ms in the middle and {cold.largest_milliseconds:.0f} ms"
        f" at the most, of {cold.shards - 1:,}, and a shard {cold.shard_milliseconds:.0f} ms where"
        f" all are decoded in turn; the very first, with the opening,"
        f" {cold.first_seconds:.1f} s."
    )
    caption = f"{found.images:,} images in shards of {found.shard_size:,}, in random order"
    headings = "way", "seconds", "of a whole decompression"
    return Table(f"random-access-{source.number}", caption, headings, tuple(rows), (note,))
