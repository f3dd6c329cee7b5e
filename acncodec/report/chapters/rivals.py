"""Other compressors, and images of other kinds."""

from __future__ import annotations

from acncodec.report import picture_tables, rival_tables
from acncodec.report.chapters.part import Block, Part
from acncodec.report.figures import rivals_figure
from acncodec.report.results import Results
from acncodec.report.schema import LeftOut, ManyShapes, OnePhotograph, Photographs, Rivals
from acncodec.report.subject import Subject


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


PARTS = (
    Part("rivals", "Other compressors", "`bench/rivals.py`", _rivals),
    Part(
        "pictures", "Photographs, shapes, sets left out",
        "`bench/photographs.py`, `bench/many_shapes.py`, `bench/leave_one_out.py`", _pictures,
    ),
)  # fmt: skip
