"""How much a network leaves out while it trains, and what does not change by it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from level_sets import level_set

from acncodec.errors import TrainingError
from acncodec.families.registry import find_preset
from acncodec.learning.networks import FloatNetworks, set_dropout
from acncodec.learning.source import LevelSource
from acncodec.training.loop import Trainer
from acncodec.training.progress import Budget

SOURCE = LevelSource(level_set("grey", 40, 1).pixels, 256)


def trainer(**changes: object) -> Trainer:
    family, preset = find_preset("tiny-resnet")
    recipe = replace(preset.recipe, batch=8, warmup_steps=1, checkpoint_steps=4, **changes)
    return Trainer(family, preset.config, recipe, SOURCE, SOURCE, 1)


def nats(net: FloatNetworks) -> torch.Tensor:
    x = SOURCE.draw(torch.arange(10), torch.Generator())
    with torch.no_grad():
        return net.nats(x, x.new_zeros(10, 0), 256)


def test_features_are_left_out_while_a_network_trains_and_at_no_other_time() -> None:
    net = trainer().net
    whole = nats(net)
    set_dropout(net, 0.5)
    assert not torch.equal(nats(net), nats(net))
    assert torch.equal(nats(net.eval()), whole)
    set_dropout(net.train(), 0.0)
    assert torch.equal(nats(net), whole)


def test_a_run_with_dropout_goes_on_where_it_stopped(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("state") / "state"
    whole, broken, resumed = (trainer(dropout=0.3) for _ in range(3))
    whole.run(Budget(8), None, lambda _report: None)
    broken.run(Budget(8), path, lambda _report: None, stop=lambda: broken.step == 4)
    torch.rand(5)  # what others draw makes no difference
    resumed.restore(path)
    resumed.run(Budget(8), None, lambda _report: None)
    other = trainer()
    other.run(Budget(8), None, lambda _report: None)
    assert torch.equal(nats(whole.average), nats(resumed.average))
    assert not torch.equal(nats(whole.average), nats(other.average))
    assert whole.validate() == whole.validate()


def test_networks_that_know_no_dropout_refuse_it() -> None:
    family, preset = find_preset("tiny-vae")
    net = family.build(preset.config)
    set_dropout(net, 0.0)
    with pytest.raises(TrainingError, match=r"train\.dropout"):
        set_dropout(net, 0.1)
