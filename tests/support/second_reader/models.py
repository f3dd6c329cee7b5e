"""Part of `second_reader`: the models that an archive names, from their files or from its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from second_reader.coded_model import decode_model
from second_reader.config import PROFILES, complete_config
from second_reader.fields import field, need, parse_json
from second_reader.header import Header
from second_reader.networks import Model
from second_reader.promises import check_tensors
from second_reader.safetensors import read_safetensors
from second_reader.tables import Tables


def load_model(path: Path, tables: Tables) -> Model:
    """A model from its file (7)."""
    metadata, tensors = read_safetensors(path)
    profile = field(metadata, "profile", str)
    need(profile in PROFILES, "model: profile")
    text = field(metadata, "acncodec", str)
    need(len(text) <= 2**20, "model: metadata")
    about = parse_json(text.encode(), "model")
    config = complete_config(field(about, "config", dict), PROFILES[profile])
    check_tensors(config, tensors, PROFILES[profile])
    return Model(profile, config, tensors, tables)


def load_models(
    header: Header, paths: Sequence[Path], sections: Sequence[bytes], tables: Tables
) -> list[Model | None]:
    """The models that the header names, by number; None of one that no part needs.

    Args:
        header: of the archive.
        paths: files of models, all of those among them that the archive needs and does not carry.
        sections: payloads of the models that it carries, in the order of `embedded`.
        tables: the shipped tables.
    """
    coded = dict(zip(header.embedded, sections, strict=True))
    given = {model.identity: model for model in (load_model(path, tables) for path in paths)}
    loaded: list[Model | None] = []
    for number, (profile, identity) in enumerate(header.models):
        if number in coded:
            model = decode_model(coded[number], profile, tables)
            need(model.identity == identity, "coded model: another model id")
            loaded.append(model)
        else:
            loaded.append(given.get(identity))
    for kind, number in header.coded:
        needed, (profile, _) = loaded[number], header.models[number]
        need(needed, "another model's archive")
        need(needed.profile == profile, "the profile is not the model's")
        need(needed.takes(kind), "images that the model does not take")
    return loaded
