"""What it takes to train and to run: time, memory, machines."""

from __future__ import annotations

from acncodec.report import level_tables, run_tables, shard_tables
from acncodec.report.chapters.part import Block, Part
from acncodec.report.results import Results
from acncodec.report.schema import (
    Beside,
    Decoders,
    Devices,
    LevelSpeed,
    ModelFacts,
    RandomAccess,
    RayBeside,
    Scale,
    Speed,
    SpeedTrials,
    TrainingLog,
)
from acncodec.report.subject import Subject
from acncodec.report.training_figure import Run, training_figure


def _training(results: Results, _subject: Subject) -> list[Block]:
    facts = {facts.name: facts for _, facts in results.of(ModelFacts)}
    runs = [Run(source, log, facts.get(log.name)) for source, log in results.of(TrainingLog)]
    tables = [run_tables.training_table(run.source, run.log, run.facts) for run in runs]
    return [training_figure(runs), *tables]


def _speed(results: Results, subject: Subject) -> list[Block]:
    commands = [
        run_tables.speed_table(source, speed, subject) for source, speed in results.of(Speed)
    ]
    products = [
        run_tables.products_table(source, trials, subject)
        for source, trials in results.of(SpeedTrials)
    ]
    decoders = [run_tables.decoders_table(source, found) for source, found in results.of(Decoders)]
    levels = [
        level_tables.level_speed_table(source, found, subject)
        for source, found in results.of(LevelSpeed)
    ]
    devices = [
        level_tables.devices_table(source, found, subject) for source, found in results.of(Devices)
    ]
    beside = [run_tables.beside_table(source, found) for source, found in results.of(Beside)]
    return [*commands, *levels, *devices, *beside, *products, *decoders]


def _scale(results: Results, subject: Subject) -> list[Block]:
    blocks: list[Block] = []
    for source, scale in results.of(Scale):
        blocks += [
            run_tables.scale_table(source, scale, subject),
            run_tables.shards_table(source, scale, subject),
        ]
    return blocks


def _shards(results: Results, _subject: Subject) -> list[Block]:
    single = [shard_tables.random_access_table(*entry) for entry in results.of(RandomAccess)]
    return [shard_tables.ray_table(results.of(RayBeside)), *single]


PARTS = (
    Part("training", "Training and its compute", "`training/NAME.jsonl`", _training),
    Part("speed", "Speed and memory", "`bench/speed.py`", _speed),
    Part("scale", "Number of images, and shards", "`bench/scale.py`", _scale),
    Part(
        "shards", "Many machines, and images one by one",
        "`bench/ray_beside.py`, `bench/random_access.py`", _shards,
    ),
)  # fmt: skip
