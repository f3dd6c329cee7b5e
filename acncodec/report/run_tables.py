"""What runs cost: training, speed, reliability."""

from __future__ import annotations

from acncodec.report.document import Row, Table, number
from acncodec.report.results import Source
from acncodec.report.schema import (
    Beside,
    Decoders,
    Faults,
    Fuzz,
    ModelFacts,
    Scale,
    ScaleRow,
    Speed,
    SpeedTrials,
    TrainingLog,
)
from acncodec.report.subject import Subject, model_label

FORWARD_AND_BACKWARD = 3
"""A training step costs about three forward passes: one forward, two for the gradients."""
STAGES = (0.1, 0.2, 0.5, 1.0)
ABOUT_TRAINING = (
    "*Training* and *validation* are reconstruction plus the KL as in training (of an ACN: given a "
    "neighbour's code); they are not the bounds above."
)
ABOUT_COMPUTE = (
    "Multiply-adds: steps x batch x those to decode an image x 3 (one pass forward, two for the "
    "gradients)."
)


def macs_per_step(facts: ModelFacts | None) -> float | None:
    """Multiply-adds of one training step, or None where the model or its batch is not known."""
    batch = (facts.recipe or {}).get("batch") if facts else None
    if facts is None or facts.macs_per_image is None or not isinstance(batch, int):
        return None
    return float(FORWARD_AND_BACKWARD * batch * facts.macs_per_image)


def training_table(source: Source, log: TrainingLog, facts: ModelFacts | None) -> Table:
    """The cost at some shares of the run; the validation figure is the last one up to there."""
    macs, last = macs_per_step(facts), log.points[-1].step
    rows = []
    for stage in STAGES:
        done = [point for point in log.points if point.step <= stage * last]
        if not done:
            continue
        point = done[-1]
        valid = [each for each in done if each.valid_nats is not None]
        cells = (
            f"{stage:.0%}", number(point.step, 0), number(point.seconds / 60, 1),
            number(macs * point.step / 1e12 if macs else None, 0), number(point.nats),
            number(valid[-1].valid_nats if valid else None, strong=True),
            number(valid[-1].step if valid else None, 0),
        )  # fmt: skip
        rows.append(Row(cells, (source,)))
    headings = (
        "of the run", "steps", "minutes", "10^12 multiply-adds", "training", "validation",
        "at step",
    )  # fmt: skip
    notes = (ABOUT_TRAINING, ABOUT_COMPUTE) if macs else (ABOUT_TRAINING,)
    caption = f"Training of `{log.name}`; nats an image"
    return Table(f"training-{source.number}", caption, headings, tuple(rows), notes).without_empty()


def speed_table(source: Source, speed: Speed, subject: Subject) -> Table:
    """Seconds and memory of whole commands."""
    rows = tuple(
        Row(
            (
                name, f"`{ordering}`", number(costs.seconds, 1),
                number(speed.images / costs.seconds if costs.seconds > 0 else None, 0),
                number(costs.peak_mib, 0),
            ),
            (source,),
        )
        for ordering, row in speed.orderings.items()
        for name, costs in (("compress", row.compress), ("decompress", row.decompress))
    )  # fmt: skip
    notes: tuple[str, ...] = ("Each command is a process of its own, start-up included.",)
    if speed.against_naive is not None:
        naive = speed.against_naive
        sentence = (
            f"On one thread, one full pass of the network for each pixel takes "
            f"{naive.naive_seconds_per_image:.1f} s an image: "
            f"{naive.naive_over_full_batch:,.0f} times the "
            f"{1000 * naive.full_batch_seconds_per_image:.1f} ms of the incremental decoder in "
            f"a batch of {naive.batch_images}."
        )
        notes = (*notes, sentence)
    cores = f", {speed.machine.cores} cores" if speed.machine and speed.machine.cores else ""
    caption = f"{speed.images:,} images{cores}, model {model_label(speed, subject)}"
    headings = "command", "strategy", "seconds", "images/s", "peak MiB"
    return Table(f"speed-{source.number}", caption, headings, rows, notes, labels=2)


def products_table(source: Source, trials: SpeedTrials, subject: Subject) -> Table:
    """The same products in several ways."""
    rows = tuple(
        Row(
            (
                f"{trial.rows:,} x {trial.inner:,} x {trial.columns:,}",
                number(trial.float64_microseconds, 0), number(trial.int8_limbs_microseconds, 0),
                number(trial.int8_limbs_joined_microseconds, 0),
                number(trial.int16_pairs_microseconds, 0),
            ),
            (source,),
        )
        for trial in trials.products
    )  # fmt: skip
    headings = "product", "float64", "int8 limbs", "int8 limbs, joined", "16-bit pairs"
    caption = f"Exact products on one thread, microseconds, model {model_label(trials, subject)}"
    return Table(f"products-{source.number}", caption, headings, rows, ())


def decoders_table(source: Source, found: Decoders) -> Table:
    """Decoders of images of any levels side by side."""
    rows = tuple(
        Row(
            (
                f"`{costs.preset}`", number(times.threads, 0), number(costs.parameters, 0),
                number(costs.macs_per_image / 1e6, 1), number(costs.steps, 0),
                number(costs.float_bits_per_dim, 4), number(costs.file_bits_per_dim, 4),
                number(times.score), number(times.decode), number(times.push), number(times.pop),
            ),
            (source,),
        )
        for costs in found.decoders.values()
        for times in costs.milliseconds
    )  # fmt: skip
    headings = (
        "decoder", "threads", "weights", "10^6 multiply-adds", "steps", "bound, bits/dim",
        "file, bits/dim", "score, ms", "decode, ms", "push, ms", "pop, ms",
    )  # fmt: skip
    caption = (
        f"Decoders beside each other on {found.data}: {found.held:,} images that were held back, "
        f"{found.timed:,} at once where they are timed"
    )
    note = (
        "Milliseconds an image: `score` and `decode` are the network alone, with known pixels and "
        "one by one, `push` and `pop` the whole codec."
    )
    return Table(f"decoders-{source.number}", caption, headings, rows, (note,), labels=2)


def scale_table(source: Source, scale: Scale, subject: Subject) -> Table:
    """Time and memory by the number of images."""
    rows = tuple(
        Row(
            (
                number(row.images, 0), _taken(row),
                number(1000 * row.compress_seconds_per_image, 1),
                number(1000 * row.decompress_seconds_per_image, 1),
                number(100 * row.ordering_share, 1), number(row.compress_start_seconds, 2),
                number(row.decompress_start_seconds, 2), number(row.compress_peak_mib, 0),
                number(row.decompress_peak_mib, 0),
            ),
            (source,),
        )
        for row in scale.rows
    )  # fmt: skip
    headings = (
        "images", "strategy", "compress, ms/image", "decompress, ms/image", "order, % of compress",
        "compress, start, s", "decompress, start, s", "compress, peak MiB", "decompress, peak MiB",
    )  # fmt: skip
    notes: tuple[str, ...] = (
        "One shard. Start-up is in the memory, and not in the times of an image.",
    )
    if scale.stream is not None:
        found = scale.stream
        sentence = (
            f"Read and written in {found.shards} shards, {found.data_mib:,.0f} MiB of images take "
            f"{found.compress_peak_mib:,.0f} MiB to compress and "
            f"{found.decompress_peak_mib:,.0f} MiB to decompress."
        )
        notes = (*notes, sentence)
    threads = f", {scale.threads} threads" if scale.threads else ""
    caption = f"By number of images, order `{scale.order}`{threads}"
    caption += f", model {model_label(scale, subject)}"
    return Table(f"scale-{source.number}", caption, headings, rows, notes, labels=2)


def _taken(row: ScaleRow) -> str:
    if row.asked in (None, row.ordering):
        return f"`{row.ordering}`"
    return f"`{row.asked}`: `{row.ordering}`"


def shards_table(source: Source, scale: Scale, subject: Subject) -> Table | None:
    """What more and more shards cost, and what they save whoever wants one image."""
    if not scale.shards:
        return None
    rows = tuple(
        Row(
            (
                number(row.shards, 0), number(row.nats_per_image, 3),
                number(row.beyond_first_nats, 3), number(row.theory_nats, 3),
                number(row.compress_seconds, 1), number(row.one_image_seconds, 2),
                number(row.one_image_decodes, 0),
            ),
            (source,),
        )
        for row in scale.shards
    )  # fmt: skip
    headings = (
        "shards", "file, nats an image", "more than the first", "log of the shards",
        "compress, seconds", "one image, seconds", "images decoded for it",
    )  # fmt: skip
    images = scale.shards[0].images
    caption = f"`set` of {images:,} images in shards, model {model_label(scale, subject)}"
    return Table(f"shards-{source.number}", caption, headings, rows, (), labels=1)


def trials_table(source: Source, trials: Fuzz | Faults, caption: str, subject: Subject) -> Table:
    """Cases tried and cases that failed."""
    rows = [
        Row(
            (
                row.name, row.expected or None, number(row.cases, 0),
                number(row.failures, 0, strong=True), number(row.seconds, 0),
            ),
            (source,),
        )
        for row in trials.rows
    ]  # fmt: skip
    cases = sum(row.cases for row in trials.rows)
    failures = sum(row.failures for row in trials.rows)
    total = "together", None, number(cases, 0), number(failures, 0, strong=True), None
    rows.append(Row(total, (source,), strong=True))
    kind = type(trials).__name__.lower()
    if trials.model:
        caption += f"; model {model_label(trials, subject)}"
    headings = "what", "expected", "cases", "failures", "seconds"
    return Table(f"{kind}-{source.number}", caption, headings, tuple(rows), labels=2)


def beside_table(source: Source, found: Beside) -> Table:
    """This build and another in turn: medians, and ratios pair by pair."""
    rows = tuple(
        Row(
            (
                one.what, kind, number(times.this_seconds, 1), number(times.other_seconds, 1),
                number(times.ratio, 3, strong=True), number(times.ratios[0], 3),
                number(times.ratios[-1], 3),
            ),
            (source,),
        )
        for one in found.rows
        for kind, times in (("wall", one.wall), ("processor", one.processor))
        if times is not None
    )  # fmt: skip
    same = [one.same for one in found.rows if one.same is not None]
    notes = ("Both wrote the same archives." if all(same) else "Their archives differ.",)
    caption = f"This build beside {found.other}, {found.pairs} pairs of processes"
    headings = "what", "time", "this, s", "other, s", "ratio", "least", "largest"
    return Table(f"beside-{source.number}", caption, headings, rows, notes, labels=2)
