"""`acncodec info --estimate`: what compressing a set would cost, as a table or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from acncodec.errors import naming

from .compress_report import shapes_text
from .limits import duration
from .options import named_models, open_set
from .places import Place

if TYPE_CHECKING:
    from acncodec.analysis.estimate import Estimate
    from acncodec.analysis.likeness import Likeness
    from acncodec.images import DataSource
    from acncodec.images.mixed_source import MixedSource


def estimate(
    source: Place, model: str | None, images: str | None, layout: str | None,
    threads: int | None = None,
) -> tuple[dict[str, Any], str]:  # fmt: skip
    """What compressing the set at `source` would cost, as plain values and as a table; threads:
    one a processor unless they are said."""
    from acncodec.analysis.estimate import estimate_set
    from acncodec.run.devices import processors

    data = open_set(source, images=images, layout=layout, join=True)
    models = named_models(data, source, model, "auto")
    with naming(source):
        found = estimate_set(data, models, threads or processors())
    return {"path": str(source), **found.to_json()}, _table(source, data, found)


def _table(source: Place, data: DataSource | MixedSource, found: Estimate) -> str:
    lines = [
        str(source),
        f"  images       {found.images:,} of {_shapes(data)}; estimated from {found.drawn:,}",
        f"  raw          {found.raw_bytes:,} bytes, packed at their levels",
        f"  stored       about {found.stored_share:.0%} of the images",
        f"  neighbours   {neighbours(found.likeness)}",
        f"  compress     about {duration(found.compress_seconds)}, threads: {found.threads}",
        f"  decompress   about {duration(found.decompress_seconds)}",
        "",
        f"  {'by':<28} {'order':<5} {'images':>10} {'bytes':>14} {'bits/dim':>9}  of raw",
    ]
    for way in found.ways:
        name = f"acncodec {way.ordering}" + (f", {way.model}" if way.model else "")
        whole = way.images == found.images
        share = f"{way.nbytes / found.raw_bytes:.3f}" if whole else "-"
        lines.append(
            f"  {name:<28} {way.order:<5} {way.images:>10,} {way.nbytes:>14,}"
            f" {way.bits_per_dim:>9.3f}  {share:>6}"
        )
    for rival in found.rivals:
        if rival.nbytes is None:
            lines.append(f"  {rival.name:<28} not tried: {rival.why}")
            continue
        lines.append(
            f"  {rival.name:<28} {'keep':<5} {found.images:>10,} {rival.nbytes:>14,}"
            f" {rival.bits_per_dim or 0.0:>9.3f}  {rival.nbytes / found.raw_bytes:>6.3f}"
        )
    return "\n".join(lines)


def _shapes(data: DataSource | MixedSource) -> str:
    from acncodec.codec.expected import image_counts
    from acncodec.codec.stats import ShapeCount

    return shapes_text(
        [ShapeCount(levels, *shape, count) for shape, levels, count in image_counts(data)]
    )


def neighbours(likeness: Likeness | None) -> str:
    """Whether images have near neighbours, in words."""
    if likeness is None:
        return "there is no second image of that size"
    text = f"the nearest image differs by {likeness.difference:.3g} levels a sample (median)"
    if likeness.noise is None:
        return f"{text}; images are too small to tell noise"
    verdict = "near: to know one may save bits of another" if likeness.is_near else "none are near"
    return f"{text}, noise is {likeness.noise:.3g}: {verdict}"
