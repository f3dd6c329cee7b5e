"""What compressing is expected to take."""

from __future__ import annotations

import mixed_sets
import pytest
from level_sets import level_set, tiny_resnet

from acncodec.codec import CompressOptions, compress_seconds
from acncodec.codec.expected import coding_work, image_counts, wide_batches
from acncodec.models import work
from acncodec.models.work import Work, stack_work


def test_kinds_are_counted() -> None:
    data = level_set("grey", 10, 3)
    assert image_counts(data) == [((1, 6, 5), data.levels, 12)]
    mixed = mixed_sets.mixed_set()
    found = image_counts(mixed)
    assert sum(count for _, _, count in found) == mixed.count
    assert ((1, 9, 4), 256) in [(shape, levels) for shape, levels, _ in found]


def test_batches_are_as_wide_as_may_be() -> None:
    assert wide_batches(0) == [] and wide_batches(512) == [512]
    assert wide_batches(1100) == [512, 512, 76]


def test_each_kind_is_coded_by_the_first_that_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    grey, colour = tiny_resnet(1), tiny_resnet(3)
    kinds = [((1, 6, 5), 256, 30), ((3, 4, 4), 9, 20), ((4, 2, 2), 256, 7)]
    found = coding_work(kinds, [colour, grey, tiny_resnet(1, 2)], slow=False)
    assert found == stack_work(grey, [((1, 6, 5), 30)], [30]) + stack_work(
        colour, [((3, 4, 4), 20)], [20]
    )
    assert coding_work(kinds, [], slow=False) == Work()
    monkeypatch.setattr(work, "SLOW_MACS", 1)
    assert coding_work(kinds, [grey, colour], slow=False) == Work()
    assert coding_work(kinds, [grey, colour], slow=True) == found


def test_more_images_take_longer_and_two_threads_less() -> None:
    model, options = tiny_resnet(1), CompressOptions(threads=1)
    few, many = level_set("grey", 10, 3), level_set("grey", 90, 3)
    assert 0 < compress_seconds(few, [model], options) < compress_seconds(many, [model], options)
    quick = compress_seconds(many, [model], CompressOptions(threads=2))
    assert quick < compress_seconds(many, [model], options)
    assert compress_seconds(mixed_sets.mixed_set(), [model], options) > 0
