"""`acncodec info`: what an archive says of itself; no model is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from acncodec.errors import naming

from .compress_report import image_size, ratio, shapes_text, urn_terms
from .estimate import estimate
from .explain import from_header, order_nats
from .options import json_option, layout_option, model_option
from .pipes import archive_at
from .places import PLACE, Place
from .session import common_options, fail, printable, write_json

if TYPE_CHECKING:
    from acncodec.container import Header, MixedHeader, ShardHeader
    from acncodec.images import ImageSpec

LONG = 256
"""Levels beyond which a level map that is just 0, 1, ... is given as their number."""


@click.command()
@click.argument("sources", metavar="IN.acn...|DATA...", type=PLACE, nargs=-1, required=True)
@click.option(
    "--estimate", "estimating", is_flag=True,
    help="Of sets of images, not archives: say what compressing each would cost, by every strategy "
    "and other compressors, from some of the images and within seconds.",
)  # fmt: skip
@model_option("with --estimate: the bundled ones that fit the data")
@click.option(
    "--images", metavar="NAME", help="With --estimate: the array of an .npz that is the images."
)
@layout_option
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    show_default="one a processor",
    help="With --estimate: threads, and of the times that are said.",
)
@json_option
@common_options
def info(
    sources: tuple[Place, ...], estimating: bool, model: str | None, images: str | None,
    layout: str | None, threads: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Print the header and the sizes of the sections of each archive; or what an archive of DATA
    would cost."""
    from acncodec.errors import AcnError

    if not estimating and (model, images, layout, threads) != (None, None, None, None):
        raise click.UsageError("--model, --images, --layout and --threads go with --estimate")

    failures = 0
    for source in sources:
        try:
            if estimating:
                facts, text = estimate(source, model, images, layout, threads)
            else:
                facts = describe(source)
                text = _table(facts)
        except AcnError as error:
            fail(str(error))
            failures += 1
            continue
        if as_json:
            write_json(facts)
        else:
            click.echo(printable(text))
    if failures:
        click.get_current_context().exit(1)


def describe(source: Place) -> dict[str, Any]:
    """The header of the archive at `source` and where its bytes go. Payloads are not checked."""
    from acncodec.container import MixedHeader, SectionType, archive_bytes, read_header
    from acncodec.container.ledger import file_ledger

    with naming(source), archive_at(source) as file:
        archive = read_header(file)
    header = archive.header
    sizes = archive_bytes(header, archive.sections)
    ledger = file_ledger(header, archive.sections, archive.file_bytes)
    image_bytes = archive.file_bytes - sizes.side
    about = _of_mixed(header) if isinstance(header, MixedHeader) else _of_uniform(header)
    samples, raw_bits = about.pop("samples"), about.pop("raw_bits")
    return {
        "path": str(source),
        "format_version": header.format_version,
        **about,
        "coder": header.coder,
        "order": header.order,
        "images": header.count,
        "array": header.spec.name,
        "dtype": header.spec.array_dtype,
        "layout": header.spec.layout,
        "position": header.spec.position,
        "labels": list(header.labels),
        "raw_bytes": (raw_bits + 7) // 8,
        "file_bytes": archive.file_bytes,
        "header_bytes": sizes.header,
        "side_bytes": sizes.side,
        "model_bytes": sizes.models,
        "bits_per_image": 8 * image_bytes / header.count if header.count else None,
        "bits_per_dim": 8 * image_bytes / samples if samples else None,
        "ledger_bits": ledger.to_json(),
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


def _of_uniform(header: Header) -> dict[str, Any]:
    """What the header of a set of one shape says of models, images and shards."""
    channels, height, width = header.shape
    levels = len(header.spec.values)
    samples = header.count * channels * height * width
    shape = {"levels": levels, "channels": channels, "height": height, "width": width}
    return {
        "model": header.model_name,
        "model_sha256": header.model_id.hex(),
        "profile": header.profile,
        "shape": list(header.shape),
        "levels": levels,
        "values": _values(header.spec),
        "shapes": [{**shape, "count": header.count, "stored": 0}] if header.count else [],
        "stored_images": 0,
        "shards": [_of_stack(header.order, shard) for shard in header.shards],
        "samples": samples,
        "raw_bits": (levels - 1).bit_length() * samples,
    }


def _of_stack(order: str, shard: ShardHeader) -> dict[str, Any]:
    """How the images of a stack are ordered."""
    return {
        "images": shard.count,
        "distinct": shard.distinct,
        "ordering": shard.strategy,
        "permuted": shard.permuted,
        "batches": len(shard.sizes),
        "seed_blocks": shard.seed_blocks,
        "alpha": shard.alpha,
        "kernel": None if shard.alpha is None else shard.kernel,
        "order_nats_per_image": order_nats(shard.count, shard.distinct),
        "reason": from_header(order, shard.strategy, shard.permuted, shard.count, shard.distinct),
    }


def _of_mixed(header: MixedHeader) -> dict[str, Any]:
    """What the header of a mixed set says of models, images and shards; which image is repeated
    it does not, so that counts of shapes are those of distinct images."""
    counts: dict[tuple[int, int, int, int], list[int]] = {}
    raw_bits = samples = 0
    for shard in header.shards:
        bins = [(part.counts, 0) for part in shard.parts] + [(shard.stored, 1)]
        for number, count, stored in (
            (number, count, stored) for found, stored in bins for number, count in found
        ):
            one = header.classes[number]
            entry = counts.setdefault((one.levels, *one.shape), [0, 0])
            entry[0] += count
            entry[1] += count * stored
            raw_bits += one.packed_bits * count
            samples += one.samples * count
    names = ("levels", "channels", "height", "width", "count", "stored")
    shapes = [
        dict(zip(names, (*key, *entry), strict=True)) for key, entry in sorted(counts.items())
    ]
    levels = {key[0] for key in counts}
    only = header.classes[0].shape if len({key[1:] for key in counts}) == 1 else None
    return {
        "model": header.models[0].name if header.models else None,
        "model_sha256": header.models[0].model_id.hex() if header.models else None,
        "profile": header.models[0].profile if header.models else None,
        "models": [
            {
                "name": one.name,
                "profile": one.profile,
                "sha256": one.model_id.hex(),
                "embedded": number in header.embedded,
            }
            for number, one in enumerate(header.models)
        ],
        "shape": None if only is None else list(only),
        "levels": levels.pop() if len(levels) == 1 else None,
        "values": None,
        "shapes": shapes,
        "stored_images": sum(shape["stored"] for shape in shapes),
        "shards": [
            {
                "images": shard.count,
                "distinct": shard.distinct,
                "stored": shard.stored_count,
                "parts": [
                    {
                        "model": header.models[part.model].name,
                        **_of_stack(header.order, part.coding),
                    }
                    for part in shard.parts
                ],
            }
            for shard in header.shards
        ],
        "samples": samples,
        "raw_bits": raw_bits,
    }


def _values(spec: ImageSpec) -> list[int] | int:
    """The level map, or its length where it is 0, 1, ... and long."""
    long = spec.is_identity and len(spec.values) > LONG
    return len(spec.values) if long else list(spec.values)


def _table(facts: dict[str, Any]) -> str:
    image_bytes = facts["file_bytes"] - facts["side_bytes"]
    bits = "-" if facts["bits_per_image"] is None else f"{facts['bits_per_image']:.2f}"
    array = printable(facts["array"], lines=False)
    shards = facts["shards"]
    stacks = [stack for shard in shards for stack in shard.get("parts", [shard])]
    orderings = ", ".join(
        dict.fromkeys(
            stack["ordering"] + urn_terms(stack["alpha"], stack["kernel"]) for stack in stacks
        )
    )
    stored = f", {facts['stored_images']:,} stored" if facts["stored_images"] else ""
    # Of a mixed set the header says of distinct images alone what they are.
    repeats = sum(shard["images"] - shard["distinct"] for shard in shards if "parts" in shard)
    repeated = f", {repeats:,} repeat others" if repeats else ""
    once = ", each once" if repeats else ""
    lines = [
        facts["path"],
        f"  format       {facts['format_version']}, profile {facts['profile'] or 'none'}",
        f"  images       {facts['images']:,} of {_size(facts)}{stored}{repeated}",
        f"  array        {array}, {facts['dtype']}, {facts['layout']}",
        f"  raw          {facts['raw_bytes']:,} bytes, packed at their levels{once}",
        f"  compressed   {image_bytes:,} bytes, {ratio(facts['raw_bytes'], image_bytes)}",
        f"  bits/image   {bits}",
        f"  file         {facts['file_bytes']:,} bytes",
        f"    header     {facts['header_bytes']:,} bytes",
    ]
    lines += [f"    {entry['type']:<10} {entry['bytes']:,} bytes" for entry in facts["sections"]]
    lines += _ledger_lines(facts["ledger_bits"])
    coder = f"ordering {orderings or 'none'}, coder {facts['coder']}"
    lines.append(f"  order        {facts['order']}, {coder}")
    if stacks:
        more = f" (stack 0 of {len(stacks):,})" if "parts" in shards[0] else ""
        if not more and len(shards) > 1:
            more = f" (shard 0 of {len(shards):,})"
        lines.append(f"  ordering     {stacks[0]['reason']}{more}")
    models = facts.get("models", [{"name": facts["model"], "sha256": facts["model_sha256"]}])
    carried = {one["shard"]: one["bytes"] for one in facts["sections"] if one["type"] == "model"}
    for number, one in enumerate(models):
        embedded = f", embedded: {carried[number]:,} bytes" if number in carried else ""
        lines.append(f"  model        {one['name']} ({one['sha256']}){embedded}")
    return "\n".join(lines)


def _ledger_lines(bits: dict[str, float]) -> list[str]:
    """The bits of a file by what they are for, the most first."""
    found = sorted(
        ((name, count) for name, count in bits.items() if count), key=lambda one: -one[1]
    )
    return ["  bits", *(f"    {name:<10} {count:,.0f}" for name, count in found)]


def _size(facts: dict[str, Any]) -> str:
    """`28x28, 2 levels`, or how many shapes there are."""
    if facts["shape"] is not None and facts["levels"] is not None:
        return f"{image_size(facts['shape'])}, {facts['levels']} levels"
    from acncodec.codec.stats import ShapeCount

    return shapes_text([ShapeCount(**shape) for shape in facts["shapes"]])
