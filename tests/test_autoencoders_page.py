"""docs/AUTOENCODERS.md: its commands are ones that the program takes, its presets are there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from acncodec.families.family import LIKELIHOOD
from acncodec.families.registry import families, presets
from acncodec_cli.main import cli

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "AUTOENCODERS.md").read_text("utf-8")


def lines() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("line", lines())
def test_every_line_is_understood(line: str) -> None:
    program, *words = shlex.split(line, comments=True)
    assert program == "acncodec"
    command: click.Command = cli
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words.pop(0))
        assert found is not None
        command = found
    command.make_context(line, words, **cli.context_settings)  # a command keeps its help option


def test_the_table_has_every_family_without_a_likelihood_and_its_features() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", PAGE, re.MULTILINE))
    without = {family.name for family in families() if not family.can(LIKELIHOOD)}
    assert set(rows) == without
    for name, features in rows.items():
        assert presets()[name][1].config.latent_dim == int(features)
