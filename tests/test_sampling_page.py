"""docs/SAMPLING.md: its command lines are ones that the program takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from acncodec_cli.main import cli

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "SAMPLING.md").read_text("utf-8")


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


def test_every_command_that_draws_is_there() -> None:
    shown = {shlex.split(line)[1] for line in lines()}
    assert shown == {
        "sample", "reconstruct", "daydream", "walk", "neighbours", "embed", "plot", "explore",
        "probe", "train",
    }  # fmt: skip
