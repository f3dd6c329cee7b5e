"""Tables of what shards are for: many machines, images one by one; and of what is refused."""

from __future__ import annotations

from typing import Any

from committed import RESULTS, load
from picture_tables import MISSING

WAYS = {
    "here": "two threads, no cluster", "ray": "a cluster of two machines",
    "killed": "the same, a process killed", "lost": "the same, a machine lost",
}  # fmt: skip
PARTS = ("beside", "killed", "lost", "memory")
EPOCHS = {
    "whole": "all at once, in turn", "batches": "in batches of {batch}, at random",
    "single": "the same, one by one",
}  # fmt: skip


MACHINES = (
    "", "images", "shards", "MiB", "`--order`", "start, s", "compress, s", "decompress, s",
    "peak MiB of the command",
)  # fmt: skip


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def on_a_cluster() -> str:
    """A set on a cluster beside the same without one."""
    there = [part for part in PARTS if (RESULTS / "ray" / f"{part}.json").exists()]
    if not there:
        return MISSING
    lines = ["| " + " | ".join(MACHINES) + " |", "|---" * len(MACHINES) + "|"]
    digests, rows = set(), {}
    for part in there:
        result = load(f"ray/{part}.json")
        for row in result["rows"]:
            rows[part, row["way"]] = row
            digests.add((result["images"], row["order"], row["file_sha256"]))
            lines.append(
                f"| {WAYS[row['way']]} | {result['images']:,} | {result['shards']} "
                f"| {result['data_mib']:,.0f} | `{row['order']}` | {row['start_seconds']:.0f} "
                f"| {_seconds(row['compress_seconds'])} "
                f"| {_seconds(row['decompress_seconds'] if part == 'beside' else None)} "
                f"| {row['peak_mib']:,} |"
            )
    same = len(digests) == len({digest[:2] for digest in digests})
    words = [
        f"Archives of the same images are {'the same, byte for byte' if same else 'NOT alike'}."
    ]
    if "beside" in there:
        words.append(_slower(rows["beside", "ray"], rows["beside", "here"]))
    return "\n".join([*lines, "", " ".join(words)])


def _slower(there: dict[str, Any], here: dict[str, Any]) -> str:
    ways = ("compress_seconds", "decompress_seconds")
    more = sum(there[way] for way in ways) / sum(here[way] for way in ways) - 1
    return (
        f"There and back, start apart, the cluster took {more:+.1%} of what two threads take on the"
        " same two processors."
    )


def one_by_one() -> str:
    """Images that are asked for one by one, beside a whole decompression."""
    if not (RESULTS / "random-access.json").exists():
        return MISSING
    result = load("random-access.json")
    what = f"{result['images']:,} images in shards of {result['shard_size']:,}, one thread"
    lines = [f"| {what} | seconds | of all at once |", "|---|---|---|"]
    for way, words in EPOCHS.items():
        lines.append(
            f"| {words.format(**result)} | {result['seconds'][way]:.1f} "
            f"| **{result['of_whole'][way]:.2f}** |"
        )
    for how, took in result["loaders"].items():
        lines.append(
            f"| `DataLoader`, {result['workers']} workers by `{how}`, their start included "
            f"| {took:.1f} | |"
        )
    cold = result["cold"]
    sentence = (
        f"In shards of {cold['shard_size']}, the first image of a shard takes"
        f" {cold['median_milliseconds']:.0f} ms ({cold['largest_milliseconds']:.0f} at the most of"
        f" {cold['shards'] - 1:,}) once the archive is open, and a shard"
        f" {cold['shard_milliseconds']:.0f} ms where all are decoded in turn; the very first, with"
        f" the opening, {cold['first_seconds']:.1f} s."
    )
    return "\n".join([*lines, "", sentence])


def refusals() -> str:
    """Files that are refused, and the time that takes."""
    if not (RESULTS / "refusals.json").exists():
        return MISSING
    result = load("refusals.json")
    lines = ["| file | command | bytes | refused after, ms |", "|---" * 4 + "|"]
    lines += [
        f"| {row['name']} | `{row['command']}` | {row['file_bytes']:,} "
        f"| {1000 * row['refusal_seconds']:.1f} |"
        for row in result["rows"]
    ]
    left = sum(len(row["left_behind"]) for row in result["rows"])
    start = min(row["command_seconds"] - row["refusal_seconds"] for row in result["rows"])
    sentence = (
        f"Milliseconds of the processor; the command's start takes {start:.1f} s more."
        f" {left or 'No'} file was left behind, temporary ones included."
    )
    return "\n".join([*lines, "", sentence])
