from __future__ import annotations

import pytest

from acncodec.errors import CoderError
from acncodec.run.lent import LentWorkers
from acncodec.run.workers import Workers


def test_work_is_done_by_whoever_is_there() -> None:
    lent = LentWorkers()
    for threads, batch in ((1, 5), (2, 7)):
        with Workers(threads, batch) as workers, lent.lend(workers):
            assert (lent.threads, lent.batch, lent.device) == (threads, batch, "cpu")
            assert lent.parts(100) == workers.parts(100)
            assert lent.map(lambda item: item + 1, [1, 2, 3]) == [2, 3, 4]


def test_nobody_works_in_between() -> None:
    lent = LentWorkers()
    with Workers(1, 5) as workers, lent.lend(workers):
        pass
    for ask in (lambda: lent.parts(3), lambda: lent.map(str, [1])):
        with pytest.raises(CoderError, match="no workers are lent"):
            ask()
