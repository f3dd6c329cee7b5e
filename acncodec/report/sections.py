"""The report's sections, each from the results there are, or a line on what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from acncodec.report import (
    code_tables,
    family_tables,
    file_tables,
    page_tables,
    paper_tables,
    picture_tables,
    refusal_tables,
    rival_tables,
    run_tables,
    shard_tables,
)
from acncodec.report.bits_figure import bits_figure
from acncodec.report.document import Figure, Section, Table
from acncodec.report.figures import (
    k_figure,
    order_figure,
    rivals_figure,
    sizes_figure,
)
from acncodec.report.points import largest, points_of, points_of_others
from acncodec.report.results import Results, Source
from acncodec.report.schema import (
    AutoEncoders,
    Beside,
    Choices,
    CodedModels,
    Costs,
    Decoders,
    ExplorePages,
    Families,
    Faults,
    Fuzz,
    KSweep,
    Labels,
    LatentsWorth,
    LeftOut,
    ManyShapes,
    ModelFacts,
    OnePhotograph,
    Orders,
    Photographs,
    Probe,
    ProbeCurve,
    RandomAccess,
    RayBeside,
    Refusals,
    Rivals,
    Scale,
    Speed,
    SpeedTrials,
    TrainingLog,
    Urns,
)
from acncodec.report.subject import Subject
from acncodec.report.training_figure import Run, training_figure

Block = Table | Figure | None


@dataclass(frozen=True)
class Part:
    """A section that may be there: how it is made, and which result it waits for."""

    key: str
    title: str
    waits_for: str
    make: Callable[[Results, Subject], list[Block]]
    text: str = ""


def build_sections(
    results: Results, subject: Subject
) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """The sections that have results, and one line for each that has none."""
    sections, missing = [], []
    for part in PARTS:
        blocks = tuple(block for block in part.make(results, subject) if block is not None)
        if blocks:
            sections.append(Section(part.key, part.title, part.text, blocks))
        else:
            missing.append(f"{part.title} ({part.waits_for})")
    return tuple(sections), tuple(missing)


def _acn(results: Results, subject: Subject) -> list[Block]:
    return [paper_tables.acn_table(points_of(results, subject))]


def _models(results: Results, subject: Subject) -> list[Block]:
    points, others = points_of(results, subject), points_of_others(results, subject)
    return [
        paper_tables.models_table(points, others, subject),
        paper_tables.others_table(others, subject),
    ]


def _costs(results: Results, subject: Subject) -> list[Block]:
    points = points_of(results, subject)
    return [
        paper_tables.costs_table(source, costs, points, subject)
        for source, costs in results.of(Costs)
    ]


def _k_sweep(results: Results, _subject: Subject) -> list[Block]:
    blocks: list[Block] = []
    for source, sweep in results.of(KSweep):
        blocks += [k_figure(source, sweep), paper_tables.k_table(source, sweep)]
    return blocks


def _probe(results: Results, subject: Subject) -> list[Block]:
    return [paper_tables.probe_table(source, probe, subject) for source, probe in results.of(Probe)]


def _families(results: Results, _subject: Subject) -> list[Block]:
    blocks: list[Block] = []
    for source, found in results.of(Families):
        blocks += [
            family_tables.families_table(source, found),
            family_tables.mistakes_table(source, found),
        ]
    return [
        *blocks,
        *(family_tables.auto_encoders_table(*entry) for entry in results.of(AutoEncoders)),
    ]


def _latents_worth(results: Results, _subject: Subject) -> list[Block]:
    return [family_tables.latents_worth_table(*entry) for entry in results.of(LatentsWorth)]


def _choices(results: Results, _subject: Subject) -> list[Block]:
    return [code_tables.choices_table(source, choices) for source, choices in results.of(Choices)]


def _probe_curve(results: Results, _subject: Subject) -> list[Block]:
    return [
        code_tables.probe_curve_table(source, curve) for source, curve in results.of(ProbeCurve)
    ]


def _bits(results: Results, subject: Subject) -> list[Block]:
    points = largest(points_of(results, subject))
    return [bits_figure(points), file_tables.differences_table(points)]


def _strategies(results: Results, subject: Subject) -> list[Block]:
    points = points_of(results, subject)
    return [sizes_figure(points), file_tables.strategies_table(points)]


def _order(results: Results, subject: Subject) -> list[Block]:
    tables = [
        file_tables.orders_table(source, orders, subject) for source, orders in results.of(Orders)
    ]
    return [order_figure(points_of(results, subject)), *tables]


def _unlike(results: Results, subject: Subject) -> list[Block]:
    return [file_tables.urns_table(source, urns, subject) for source, urns in results.of(Urns)]


def _labels(results: Results, _subject: Subject) -> list[Block]:
    return [file_tables.labels_table(source, labels) for source, labels in results.of(Labels)]


def _coded_models(results: Results, subject: Subject) -> list[Block]:
    return [
        file_tables.coded_models_table(source, coded, subject)
        for source, coded in results.of(CodedModels)
    ]


def _coders(results: Results, subject: Subject) -> list[Block]:
    return [file_tables.coders_table(points_of(results, subject, coder=None))]


def _rivals(results: Results, subject: Subject) -> list[Block]:
    found = list(results.of(Rivals))
    blocks: list[Block] = [rival_tables.overview_table(found)]
    for source, rivals in found:
        blocks += [
            rivals_figure(source, rivals),
            rival_tables.rivals_table(source, rivals, subject),
        ]
    return blocks


def _pictures(results: Results, _subject: Subject) -> list[Block]:
    tables = picture_tables
    return [
        *(tables.photographs_table(*entry) for entry in results.of(Photographs)),
        *(tables.one_photograph_table(*entry) for entry in results.of(OnePhotograph)),
        *(tables.many_shapes_table(*entry) for entry in results.of(ManyShapes)),
        *(tables.left_out_table(*entry) for entry in results.of(LeftOut)),
    ]


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
    beside = [run_tables.beside_table(source, found) for source, found in results.of(Beside)]
    return [*commands, *beside, *products, *decoders]


def _pages(results: Results, _subject: Subject) -> list[Block]:
    return [page_tables.pages_table(*entry) for entry in results.of(ExplorePages)]


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


def _refusals(results: Results, _subject: Subject) -> list[Block]:
    return [refusal_tables.refusals_table(*entry) for entry in results.of(Refusals)]


def _fuzz(results: Results, subject: Subject) -> list[Block]:
    return _trials(results.of(Fuzz), "Random and damaged input", subject)


def _faults(results: Results, subject: Subject) -> list[Block]:
    return _trials(results.of(Faults), "Crashes, signals, full disks", subject)


def _trials(
    found: Sequence[tuple[Source, Fuzz | Faults]], caption: str, subject: Subject
) -> list[Block]:
    return [run_tables.trials_table(source, trials, caption, subject) for source, trials in found]


PARTS = (
    Part(
        "acn", "The paper's bounds, and files", "`bench` on the 10,000 test images", _acn,
        "*Bound* is what the paper reports: the float model's expected cost, the mean over "
        "posterior samples with its standard error. *Ideal* is what the integer frequencies "
        "used add up to. *File* is 8 times the size of the file in bytes, without side data.",
    ),
    Part(
        "models", "Other models (the paper's Table 1)",
        "`bench` with another model", _models,
        "Every model is shown under its own name; rows set apart are the report's model.",
    ),
    Part(
        "costs", "Parts of the bound (the paper's Table 2)", "kind `costs`", _costs,
        "*With reconstruction* is the reconstruction cost plus that row's KL.",
    ),
    Part("k-sweep", "The K of training (the paper's Figure 2)", "kind `k_sweep`", _k_sweep),
    Part(
        "probe", "What codes tell (the paper's Table 3)", "kind `probe`", _probe,
        "A linear classifier, and K nearest neighbours, on each representation.",
    ),
    Part(
        "families", "The field's models side by side", "`bench/families.py`", _families,
        "Trained models of all families on the same images, beside the images' pixels.",
    ),
    Part(
        "latents-worth", "Latents and order on images of any levels", "`bench/latents_worth.py`",
        _latents_worth,
    ),
    Part(
        "choices", "Choices of training, and what codes tell", "`bench/probe_choices.py`", _choices,
        "Models far from converged, comparable with one another alone.",
    ),
    Part(
        "probe-curve", "What codes tell while a model is trained", "`bench/probe_curve.py`",
        _probe_curve,
    ),
    Part(
        "bits", "Where the bits go", "`bench` with `difference_nats`", _bits,
        "The causes are defined in docs/METHOD.md, section 9.",
    ),
    Part("strategies", "Strategies by number of images", "`bench`", _strategies),
    Part(
        "order", "What the order is worth",
        "`bench` with `iid` and another strategy; kind `orders`", _order,
        "A set of U distinct images has U! orders. A tour spends the freedom on cheaper "
        "latents; `set` and `urn` give the bits back.",
    ),
    Part(
        "unlike", "Data unlike the training data", "`bench/urn.py`", _unlike,
        "An `urn` prices images by those decoded before, besides the unconditional prior.",
    ),
    Part("labels", "Labels", "`bench/labels.py`", _labels),
    Part(
        "coded-models", "A model in the file", "`bench/coded_models.py`", _coded_models,
        "What a model takes that a file carries, and what rounding its weights costs, before any "
        "training after it.",
    ),
    Part("coders", "Entropy coders", "`bench --coder` with two coders", _coders),
    Part("rivals", "Other compressors", "`bench/rivals.py`", _rivals),
    Part(
        "pictures", "Photographs, shapes, sets left out",
        "`bench/photographs.py`, `bench/many_shapes.py`, `bench/leave_one_out.py`", _pictures,
    ),
    Part("training", "Training and its compute", "`training/NAME.jsonl`", _training),
    Part("speed", "Speed and memory", "`bench/speed.py`", _speed),
    Part("scale", "Number of images, and shards", "`bench/scale.py`", _scale),
    Part(
        "shards", "Many machines, and images one by one",
        "`bench/ray_beside.py`, `bench/random_access.py`", _shards,
    ),
    Part("refusals", "Reliability: what is refused", "`bench/refusals.py`", _refusals),
    Part("pages", "Pages to look at a set by", "`bench/explore_page.py`", _pages),
    Part("fuzz", "Reliability: damaged input", "kind `fuzz`", _fuzz),
    Part("faults", "Reliability: faults", "kind `faults`", _faults),
)  # fmt: skip
"""All sections there may be, in the order of the report."""
