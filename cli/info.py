"""`acncodec info`: what an archive says of itself; no model is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from acncodec.errors import naming

from .compress import image_size, ratio, urn_terms
from .explain import from_header, order_nats
from .options import FILE, json_option
from .pipes import readable
from .session import common_options, fail, printable, write_json

if TYPE_CHECKING:
    from acncodec.images import ImageSpec

LONG = 256
"""Levels beyond which a level map that is just 0, 1, ... is given as their number."""


@click.command()
@click.argument("sources", metavar="IN.acn...", type=FILE, nargs=-1, required=True)
@json_option
@common_options
def info(sources: tuple[Path, ...], as_json: bool) -> None:
    """Print the header and the sizes of the sections of each archive."""
    from acncodec.errors import AcnError

    failures = 0
    for source in sources:
        try:
            facts = describe(source)
        except AcnError as error:
            fail(str(error))
            failures += 1
            continue
        if as_json:
            write_json(facts)
        else:
            click.echo(printable(_table(facts)))
    if failures:
        click.get_current_context().exit(1)


def describe(source: Path) -> dict[str, Any]:
    """The header of the archive at `source` and where its bytes go. Payloads are not checked."""
    from acncodec.container import SectionType, archive_bytes, read_header

    with naming(source):
        archive = read_header(readable(source))
    header = archive.header
    sizes = archive_bytes(header, archive.sections)
    image_bytes = archive.file_bytes - sizes.side
    channels, height, width = header.shape
    levels = len(header.spec.values)
    raw_bits = (levels - 1).bit_length() * header.count * channels * height * width
    return {
        "path": str(source),
        "format_version": header.format_version,
        "model": header.model_name,
        "model_sha256": header.model_id.hex(),
        "profile": header.profile,
        "coder": header.coder,
        "order": header.order,
        "images": header.count,
        "shape": list(header.shape),
        "levels": levels,
        "values": _values(header.spec),
        "array": header.spec.name,
        "dtype": header.spec.array_dtype,
        "layout": header.spec.layout,
        "position": header.spec.position,
        "labels": list(header.labels),
        "shards": [
            {
                "images": shard.count,
                "distinct": shard.distinct,
                "ordering": shard.strategy,
                "permuted": shard.permuted,
                "batches": len(shard.sizes),
                "seed_blocks": shard.seed_blocks,
                "alpha": shard.alpha,
                "kernel": None if shard.alpha is None else shard.kernel,
                "order_nats_per_image": order_nats(shard.count, shard.distinct),
                "reason": from_header(
                    header.order, shard.strategy, shard.permuted, shard.count, shard.distinct
                ),
            }
            for shard in header.shards
        ],
        "raw_bytes": (raw_bits + 7) // 8,
        "file_bytes": archive.file_bytes,
        "header_bytes": sizes.header,
        "side_bytes": sizes.side,
        "model_bytes": sizes.models,
        "bits_per_image": 8 * image_bytes / header.count if header.count else None,
        "bits_per_dim": (
            8 * image_bytes / (header.count * channels * height * width) if header.count else None
        ),
        "sections": [
            {
                "type": SectionType(section.kind).name.lower(),
                "shard": section.shard,
                "offset": section.offset,
                "bytes": section.file_bytes,
            }
            for section in archive.sections
        ],
    }


def _values(spec: ImageSpec) -> list[int] | int:
    """The level map, or its length where it is 0, 1, ... and long."""
    long = spec.is_identity and len(spec.values) > LONG
    return len(spec.values) if long else list(spec.values)


def _table(facts: dict[str, Any]) -> str:
    image_bytes = facts["file_bytes"] - facts["side_bytes"]
    size = image_size(facts["shape"])
    bits = "-" if facts["bits_per_image"] is None else f"{facts['bits_per_image']:.2f}"
    array = printable(facts["array"], lines=False)
    orderings = ", ".join(
        dict.fromkeys(
            shard["ordering"] + urn_terms(shard["alpha"], shard["kernel"])
            for shard in facts["shards"]
        )
    )
    lines = [
        facts["path"],
        f"  format       {facts['format_version']}, profile {facts['profile']}",
        f"  images       {facts['images']:,} of {size}, {facts['levels']} levels",
        f"  array        {array}, {facts['dtype']}, {facts['layout']}",
        f"  raw          {facts['raw_bytes']:,} bytes, packed at their levels",
        f"  compressed   {image_bytes:,} bytes, {ratio(facts['raw_bytes'], image_bytes)}",
        f"  bits/image   {bits}",
        f"  file         {facts['file_bytes']:,} bytes",
        f"    header     {facts['header_bytes']:,} bytes",
    ]
    lines += [f"    {entry['type']:<10} {entry['bytes']:,} bytes" for entry in facts["sections"]]
    lines.append(f"  order        {facts['order']}, ordering {orderings}, coder {facts['coder']}")
    shards = facts["shards"]
    embedded = f", embedded: {facts['model_bytes']:,} bytes" if facts["model_bytes"] else ""
    more = f" (shard 0 of {len(shards):,})" if len(shards) > 1 else ""
    lines += [
        f"  ordering     {shards[0]['reason']}{more}",
        f"  model        {facts['model']} ({facts['model_sha256']}){embedded}",
    ]
    return "\n".join(lines)
