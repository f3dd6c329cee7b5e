"""Settings: what must be odd, positive or small is refused by the key that said it."""

from __future__ import annotations

import pytest

from acncodec.errors import TrainingError
from acncodec.families.registry import families, find_preset, presets
from acncodec.training.choice import choose
from acncodec.training.chosen import Choice
from acncodec.training.settings import apply, check_keys, parse_setting, settings_of, size_keys


def chosen(name: str) -> Choice:
    family, preset = find_preset(name)
    return Choice(family, preset.config, preset.recipe, ())


def test_each_choice_of_every_family_has_a_key_of_its_own() -> None:
    for family in families():
        keys = size_keys(family.config)
        assert len(set(keys.values())) == len(keys)
        assert all(key.split(".")[0] in ("latent", "encoder", "prior", "decoder") for key in keys)
        assert not {"height", "width", "channels", "levels"} & (
            set(keys.values()) & family.config.by_images
        )


@pytest.mark.parametrize("name", presets())
def test_what_was_chosen_applied_to_itself_changes_nothing(name: str) -> None:
    assert apply(chosen(name), settings_of(chosen(name))) == chosen(name)


def test_settings_change_what_they_name_alone() -> None:
    before = chosen("mnist")
    after = apply(
        before,
        {"decoder.filters": 48, "encoder.channels": [8, 8, 8, 8, 8], "train.learning_rate": 1,
         "train.bfloat16": False, "prior.hidden": 7, "latent.dim": 3, "train.optimizer": "muon"},
    )  # fmt: skip
    assert (after.config.decoder_filters, after.config.encoder_channels) == (48, (8,) * 5)
    assert (after.config.prior_hidden, after.config.latent_dim) == (7, 3)
    assert after.recipe.learning_rate == 1.0 and type(after.recipe.learning_rate) is float
    assert (after.recipe.bfloat16, after.recipe.optimizer) == (False, "muon")
    assert after.config.decoder_blocks == before.config.decoder_blocks
    assert after.recipe.steps == before.recipe.steps and after.family is before.family


@pytest.mark.parametrize(
    ("name", "key", "value", "words"),
    [
        ("rgb-small", "decoder.columns", 4, "decoder.columns is 4: a window has an odd number"),
        ("rgb-small", "decoder.width", 0, "decoder.width = 0: it must be 1 to 65,536"),
        ("rgb-small", "decoder.width", -3, "decoder.width = -3: it must be 1 to 65,536"),
        ("rgb-small", "decoder.width", 65_537, "decoder.width = 65537: it must be 1 to 65,536"),
        ("rgb-small", "decoder.width", 60_000, "decoder.width = 60000: a network of"),
        ("rgb-small", "decoder.width", 8.0, "decoder.width = 8.0: it must be an integer"),
        ("rgb-small", "decoder.width", True, "decoder.width = True: it must be an integer"),
        ("rgb-small", "decoder.width", "8", "decoder.width = '8': it must be an integer"),
        ("rgb-small", "decoder.components", 65, "decoder.components = 65: a mixture has 1 to"),
        ("rgb-small", "decoder.spikes", ["w", "up"], "decoder.spikes = ('w', 'up'): unknown"),
        ("rgb-small", "decoder.spikes", "w", "decoder.spikes = 'w': it must be a list of strings"),
        ("rgb-small", "decoder.spikes", [1], "decoder.spikes = [1]: it must be a list of strings"),
        ("mnist", "decoder.vertical_kernel", [3, 4], "decoder.vertical_kernel is [3, 4]: its col"),
        ("mnist", "decoder.vertical_kernel", [3], "decoder.vertical_kernel is [3]: it must be ["),
        ("mnist", "decoder.input_vertical_kernel", [3, 0], "input_vertical_kernel = (3, 0)"),
        ("mnist", "encoder.strides", [1], "encoder.strides = (1,): the lists encoder_chan"),
        ("mnist", "train.batch", 0, "train.batch = 0: it must be 1 to 65536"),
        ("mnist", "train.batch", 2.5, "train.batch = 2.5: it must be an integer"),
        ("mnist", "train.learning_rate", 2, "train.learning_rate = 2: it must be 1e-09 to 1"),
        ("mnist", "train.learning_rate", "fast", "train.learning_rate = 'fast': it must be a num"),
        ("mnist", "train.learning_rate", float("nan"), "train.learning_rate = nan: it must be a"),
        ("mnist", "train.learning_rate", float("inf"), "train.learning_rate = inf: it must be a"),
        ("mnist", "train.bfloat16", 1, "train.bfloat16 = 1: it must be true or false"),
        ("mnist", "train.optimizer", "sgd", "train.optimizer = 'sgd': there are adam"),
        ("mnist", "decoder.width", 8, "the family acn has no decoder.width"),
        ("mnist", "decoder.filter", 8, "no setting decoder.filter; did you mean decoder.filters?"),
        ("mnist", "train.rate", 8, "there is no setting train.rate"),
        ("mnist", "height", 8, "there is no setting height"),
    ],
)
def test_what_there_is_not_is_refused_by_its_key(
    name: str, key: str, value: object, words: str
) -> None:
    with pytest.raises(TrainingError) as caught:
        apply(chosen(name), {key: value})
    assert words in str(caught.value)


def test_images_decide_their_size_and_no_setting_does() -> None:
    for key in ("decoder.height", "decoder.channels"):
        with pytest.raises(TrainingError, match=f"no setting {key}"):
            check_keys([key])
    with pytest.raises(TrainingError, match=r"family acn has no decoder\.levels"):
        apply(chosen("mnist"), {"decoder.levels": 3})


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("train.batch=32", "train.batch", 32),
        ("train.learning_rate = 1e-3", "train.learning_rate", 1e-3),
        ("train.mirror=true", "train.mirror", True),
        ("train.optimizer=muon", "train.optimizer", "muon"),
        ('train.optimizer="muon"', "train.optimizer", "muon"),
        ("encoder.channels=[1, 2]", "encoder.channels", [1, 2]),
        ("a=b=c", "a", "b=c"),
        ("a=1\nb=2", "a", "1\nb=2"),
        ("a=", "a", ""),
    ],
)
def test_values_are_tomls_or_else_strings(text: str, key: str, value: object) -> None:
    found = parse_setting(text)
    assert found == (key, value) and type(found[1]) is type(value)


@pytest.mark.parametrize("text", ["", "batch", "=3", " = 3"])
def test_what_is_no_setting_is_refused(text: str) -> None:
    with pytest.raises(TrainingError, match="is not KEY=VALUE"):
        parse_setting(text)


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000 + "]" * 5000])
def test_values_beyond_all_measure_are_refused_by_their_key(value: str) -> None:
    with pytest.raises(TrainingError, match=r"train\.steps"):
        parse_setting(f"train.steps={value}")


def test_the_choice_by_the_images_has_settings_too() -> None:
    found = apply(choose((3, 8, 8), 256, 100, 1), {"decoder.width": 9})
    assert found.config.width == 9 and found.config.accepts.channels == 3
