"""Repeatable choices that stand one after the other."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from acncodec_cli.bench import bench


def parsed(*words: str) -> dict[str, object]:
    context = click.Context(bench)
    bench.parse_args(context, list(words))
    return context.params


@pytest.mark.parametrize(
    "words",
    [
        ("x.npy", "--ordering", "iid", "set", "--coder", "ans", "torchac", "--json"),
        ("--ordering", "iid", "--ordering", "set", "--coder", "ans", "torchac", "x.npy", "--json"),
        ("--ordering", "iid", "set", "x.npy", "--coder", "ans", "--json", "--coder", "torchac"),
    ],
)
def test_choices_follow_their_option(words: tuple[str, ...]) -> None:
    found = parsed(*words)
    assert found["orderings"] == ("iid", "set") and found["coders"] == ("ans", "torchac")
    assert found["source"] == Path("x.npy") and found["as_json"] is True


def test_a_file_that_is_called_like_a_choice_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("set").mkdir()
    found = parsed("--ordering", "iid", "set")
    assert found["orderings"] == ("iid",) and found["source"] == Path("set")


def test_what_is_no_choice_is_refused_as_ever() -> None:
    with pytest.raises(click.BadParameter, match="'x' is not one of"):
        parsed("x.npy", "--ordering", "x")
    with pytest.raises(click.UsageError, match="unexpected extra argument"):
        parsed("x.npy", "--ordering", "iid", "sets")
