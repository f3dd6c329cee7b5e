"""Tables of time: our commands, where it goes, and the rivals on the same images."""

from __future__ import annotations

from typing import Any

from committed import RESULTS, load
from picture_tables import MISSING

SHOWN_BATCH = 256
FIXED = "set"
WAYS = "compress", "decompress"
SCALE = (
    "images", "`--ordering`", "taken", "ms/image, compress", "of which ordering", "decompress",
    "start-up, s", "with it, s", "peak MiB",
)  # fmt: skip
LEVEL_SPEED = (
    "", "threads", "whole process, s", "start-up, s", "ms/image", "products, ms/image", "share",
    "peak MiB",
)  # fmt: skip
STAGES = {
    "decoder_products": "products of the pixel decoder",
    "gates_and_tables": "gates, tables, moving of features",
    "conditioner": "conditioner (latent to feature map)",
    "encoding": "encoder (for the code of what was decoded)",
    "entropy_coding": "entropy coding of pixels and latents",
    "latents": "latents: priors and their tables",
}


def rivals() -> str:
    """Other compressors on the same images, each on its best layout, and times against ours.

    Without times where other work ran beside.
    """
    result = load("rivals.json")
    rows = result["rows"]
    ours = next(row for row in rows if row["name"].startswith("acncodec"))
    timed = not result.get("machine_busy")
    names = ["compressor", "layout", "bytes", "bits/image"]
    names += ["we compress longer by", "and decompress by"] if timed else []
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    for row in rows:
        mine = "**" if row["name"].startswith("acncodec") else ""
        cells = (
            f"| {mine}{row['name']}{mine} | {row['layout']} | {mine}{row['bytes']:,}{mine} "
            f"| {row['bits_per_image']:.1f} |"
        )
        if not timed:
            lines.append(cells)
            continue
        ratios = (
            f"{ours[way] / row[way]:,.0f}"
            if ours[way] / row[way] >= 10
            else f"{ours[way] / row[way]:.1f}"
            for way in ("compress_seconds", "decompress_seconds")
        )
        lines.append(f"{cells} {' | '.join(ratios)} |")
    if not timed:
        return "\n".join(lines)
    sentence = (
        f"Our times are {ours['compress_seconds']:.0f} s and {ours['decompress_seconds']:.0f} s, "
        f"start-up included (`{ours['name']}`); the last columns are ratios to them, in one run."
    )
    return "\n".join([*lines, "", sentence])


def speed() -> str:
    """Seconds and memory of the commands, start-up included."""
    result = load("speed.json")
    count = result["images"]
    lines = [
        f"| {count:,} images, {result['machine']['cores']} cores | seconds | images/s | peak MiB |",
        "|---|---|---|---|",
    ]
    for name, row in result["orderings"].items():
        for command in ("compress", "decompress"):
            seconds = row[command]["seconds"]
            lines.append(
                f"| {command}, `{name}` | {seconds:.0f} | {count / seconds:.0f} "
                f"| {row[command]['peak_mib']:.0f} |"
            )
    lines += [
        "",
        "| engine | threads | images | ms/image, compress | decompress | of float64's peak | own |",
        "|---" * 7 + "|",
    ]
    for run in result["runs"]:
        if run["batch"] != SHOWN_BATCH:
            continue
        back = run["decompress"]
        lines.append(
            f"| `{run['engine']}` | {run['threads']} | {run['images']:,} "
            f"| {run['compress']['milliseconds_per_image']:.2f} "
            f"| {back['milliseconds_per_image']:.2f} | {back['efficiency']:.2f} "
            f"| {back['own_efficiency']:.2f} |"
        )
    naive = result["against_naive"]
    naive_seconds = naive["naive_seconds_per_image"]
    milliseconds = 1000 * naive["full_batch_seconds_per_image"]
    sentence = (
        f"On one thread, decoding with one full pass of the same network for each pixel takes "
        f"{naive_seconds:.1f} s an image, {naive['naive_over_full_batch']:.0f} times the "
        f"{milliseconds:.1f} ms of the incremental decoder in a batch of {naive['batch_images']}."
    )
    lines += ["", sentence]
    return "\n".join(lines)


def budget() -> str:
    """Where the time of decompression goes on one thread, for each engine."""
    result = load("speed.json")
    runs = {
        run["engine"]: run
        for run in result["runs"]
        if (run["images"], run["threads"], run["batch"]) == (1000, 1, SHOWN_BATCH)
    }
    names = "float64", "int16"
    stages = [runs[name]["decompress"]["stage_seconds"] for name in names]
    lines = ["| stage | before | after |", "|---|---|---|"]
    for key, words in STAGES.items():
        lines.append(f"| {words} | " + " | ".join(f"{each[key]:.2f}" for each in stages) + " |")
    rest = [sum(seconds for key, seconds in each.items() if key not in STAGES) for each in stages]
    lines.append(f"| everything else | {rest[0]:.2f} | {rest[1]:.2f} |")
    whole = [runs[name]["decompress"]["milliseconds_per_image"] for name in names]
    lines.append(f"| **all** | **{whole[0]:.1f}** | **{whole[1]:.2f}** |")
    one, two = result["peaks"]
    own = runs["int16"]["decompress"]
    products = [each["decoder_products"] for each in stages]
    share = 1 - stages[1]["decoder_products"] / whole[1]
    start = result["start_seconds"]
    efficiency = runs["float64"]["decompress"]["efficiency"]
    sentences = (
        (
            f"**Peaks**, GFLOP/s: float64 {one['float64']:.0f} on one thread, {two['float64']:.0f} "
            f"on two; int8 with sums of 32 bits {two['int8']:,.0f} on two; the product described "
            f"below, in the shape it has here, {one['int16']:.0f} and {two['int16']:.0f}."
        ),
        (
            f"**Efficiency** against float64's peak: {efficiency:.2f} for `float64`, "
            f"{own['efficiency']:.1f} for `int16` (above 1, since its products are not made of "
            "float64). Against the peak of its own product `int16` has "
            f"{own['own_efficiency']:.2f}."
        ),
        (
            f"**Products** are {products[0] / products[1]:.1f} times faster, the whole "
            f"{whole[0] / whole[1]:.1f} times. {share:.0%} of the time is no product of the pixel "
            "decoder; a third was the aim."
        ),
        (
            f"**Start-up**: {start['compiled']:.1f} s when the loops are compiled already, "
            f"{start['compiling']:.1f} s the first time."
        ),
    )
    return "\n".join([*lines, "", *(f"- {sentence}" for sentence in sentences)])


def _both(row: dict[str, Any], part: str) -> str:
    """Seconds of both ways."""
    return ", ".join(f"{row[f'{way}_{part}_seconds']:.1f}" for way in WAYS)


def _flatness(rows: list[dict[str, Any]]) -> str:
    """How the time of an image changes with their number, where nothing else does."""
    fixed = [row for row in rows if row["asked"] == FIXED]
    more = []
    for way in WAYS:
        times = [row[f"{way}_seconds_per_image"] for row in fixed]
        more.append(f"{max(times) / min(times) - 1:.0%} to {way}")
    counts = [row["images"] for row in fixed]
    return (
        f"With `--ordering {FIXED}`, from {min(counts):,} to {max(counts):,} images, an image "
        f"takes at the most {' and '.join(more)} longer than where it takes least. Start-up is in "
        "no time of an image, nor in ordering's share."
    )


def scale() -> str:
    """Time and memory by the number of images, and what shards cost."""
    result = load("scale.json")
    lines = [
        "| " + " | ".join(SCALE) + " |",
        "|---" * len(SCALE) + "|",
    ]
    for row in result["rows"]:
        peak = max(row[f"{way}_peak_mib"] for way in WAYS)
        lines.append(
            f"| {row['images']:,} | `{row['asked']}` | `{row['ordering']}` "
            f"| {1000 * row['compress_seconds_per_image']:.2f} | {row['ordering_share']:.1%} "
            f"| {1000 * row['decompress_seconds_per_image']:.2f} "
            f"| {_both(row, 'start')} | {_both(row, 'total')} | {peak:.0f} |"
        )
    lines += ["", _flatness(result["rows"])]
    lines += [
        "",
        "| shards | images in one | nats/image | more than one shard | log S |",
        "|---" * 5 + "|",
    ]
    for row in result["shards"]:
        lines.append(
            f"| {row['shards']} | {row['one_image_decodes']:,} | {row['nats_per_image']:.2f} "
            f"| {row['beyond_first_nats']:+.2f} | {row['theory_nats']:.2f} |"
        )
    stream = result["stream"]
    sentence = (
        f"An .npy of {stream['data_mib']:,} MiB in {stream['shards']} shards takes "
        f"{stream['compress_peak_mib']:.0f} MiB of memory to compress and "
        f"{stream['decompress_peak_mib']:.0f} to decompress, start-up included."
    )
    return "\n".join([*lines, "", sentence])


def level_speed() -> str:
    """Images of many levels: both commands in whole processes, start-up told apart."""
    if not (RESULTS / "level-speed.json").exists():
        return MISSING
    result = load("level-speed.json")
    lines = ["| " + " | ".join(LEVEL_SPEED) + " |", "|---" * len(LEVEL_SPEED) + "|"]
    for row in result["rows"]:
        for way in WAYS:
            took = row["milliseconds_an_image"][way]
            lines.append(
                f"| {way} | {row['threads']} | {row[f'{way}_seconds']:.1f} "
                f"| {row[f'{way}_start_seconds']:.1f} | **{took:.2f}** | {row['products']:.2f} "
                f"| {row['share_of_peak'][way]:.2f} | {row[f'{way}_peak_mib']:,} |"
            )
    sentence = (
        f"{result['images']:,} images of {'x'.join(map(str, result['shape']))} by"
        f" `{result['model']}`, {result['macs_per_image'] / 1e6:.0f} million multiply-adds each."
        " *Products* are those alone, each layer's operands near at hand: the engine's own peak."
    )
    return "\n".join([*lines, "", sentence])


def trials() -> str:
    """Other ways to the same integers."""
    result = load("speed-trials.json")
    large, small = result["products"]
    names = {
        "float64": "float64",
        "int8_limbs": "int8 limbs, four products",
        "int8_limbs_joined": "the same, sums joined",
        "int16_pairs": "16-bit pairs",
    }
    shapes = ("{rows:,} x {inner} x {columns}".format(**each) for each in (large, small))
    lines = [f"| one product, microseconds | {' | '.join(shapes)} |", "|---|---|---|"]
    for key, words in names.items():
        cells = (each.get(f"{key}_microseconds") for each in (large, small))
        shown = ("" if each is None else f"{each:,.0f}" for each in cells)
        lines.append(f"| {words} | {' | '.join(shown)} |")
    lines += ["", "| for an image | milliseconds |", "|---|---|"]
    gates = result["gates"]
    for way, words in (("gather", "by the processor's gather"), ("loop", "one by one")):
        lines.append(
            f"| {gates['gates']:,} gates, {words} | {gates[f'{way}_microseconds'] / 1000:.2f} |"
        )
    for row in result["scoring"]:
        sums = f", registers of {row['sums']} sums" if row["engine"] == "int16" else ""
        lines.append(
            f"| scoring with `{row['engine']}`{sums} | {row['milliseconds_per_image']:.2f} |"
        )
    return "\n".join(lines)


def beside() -> str:
    """This build and earlier ones in turn, pair by pair."""
    lines = [
        "| | beside | on | this, s | that, s | **ratio** | of the pairs |",
        "|---" * 7 + "|",
    ]
    for path in sorted(RESULTS.glob("beside-*.json")):
        result = load(path.name)
        for row in result["rows"]:
            if "wall" in row:
                times = row["wall"]
                lines.append(
                    f"| {row['what']} | `{result['other']}` | {result['machine']['processor']} "
                    f"| {times['this_seconds']:.1f} "
                    f"| {times['other_seconds']:.1f} | **{times['ratio']:.3f}** "
                    f"| {min(times['ratios']):.3f} to {max(times['ratios']):.3f} |"
                )
    return "\n".join(lines)
