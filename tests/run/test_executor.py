"""Jobs that are made when they are asked for."""

from __future__ import annotations

import pytest

from acncodec.run.executor import Jobs


def test_jobs_are_a_sequence_of_what_is_made_by_number() -> None:
    jobs = Jobs(lambda number: number * number, 4)
    assert len(jobs) == 4 and list(jobs) == [0, 1, 4, 9]
    assert jobs[2] == 4 and jobs[-1] == 9 and jobs[1:3] == [1, 4]
    with pytest.raises(IndexError):
        jobs[4]


def test_no_job_is_made_before_it_is_asked_for() -> None:
    made: list[int] = []
    jobs = Jobs(made.append, 3)
    assert made == [] and jobs[1] is None and made == [1]
