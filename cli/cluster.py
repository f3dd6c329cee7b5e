"""`--ray`: shards on the machines of a Ray cluster."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

from .session import AnyFunction, detail, is_verbose

if TYPE_CHECKING:
    from acncodec.run.settings import Begin

HERE: Final = "local"
"""A cluster that is begun on this machine for the command."""
_ADDRESS: Final = re.compile(
    r"auto|local|ray://.*|(\[[0-9A-Fa-f:]+\]|[\w.-]+):[0-9]{1,5}", re.ASCII
)


class RayCommand(click.Command):
    """A command whose `--ray` takes what follows it only where that is an address."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments, `--ray` with its value."""
        return super().parse_args(ctx, said(args))


def said(args: Sequence[str]) -> list[str]:
    """Command line arguments in which a `--ray` that no address follows says so; what stands behind
    `--` is left as it is."""
    end = args.index("--") if "--" in args else len(args)
    found = []
    for place, argument in enumerate(args):
        alone = argument == "--ray" and place < end
        if alone and not (place + 1 < end and _ADDRESS.fullmatch(args[place + 1])):
            argument = f"--ray={HERE}"
        found.append(argument)
    return found


def ray_option(function: AnyFunction) -> AnyFunction:
    """`--ray`, of a `RayCommand`."""
    option = click.option(
        "--ray", "cluster", metavar="[ADDRESS]", callback=lambda *given: _checked(given[-1]),
        help="Have shards done on a Ray cluster: that of ADDRESS (`auto`, or HOST:PORT), to which "
        "this machine belongs, or without one that is begun here, of as many processors as there "
        "are threads. The same result as without. The cluster must be trusted. Needs the extra "
        "`ray`.",
    )  # fmt: skip
    return option(function)


def _checked(address: str | None) -> str | None:
    if address is None:
        return None
    if not _ADDRESS.fullmatch(address):
        raise click.BadParameter(f"{address!r} is no address, which is auto or HOST:PORT")
    if address.startswith("ray://"):
        raise click.BadParameter(
            f"{address}: run the command on a machine of the cluster, with --ray auto"
        )
    return address


def cluster_of(address: str | None, threads: int) -> Begin | None:
    """The cluster that `--ray` names, joined until the command ends; None where it names none.

    Raises `ClusterError` where that cannot be, `MissingExtraError` without Ray.
    """
    if address is None:
        return None
    from acncodec.cluster.ray_cluster import RayCluster

    cluster = click.get_current_context().with_resource(RayCluster(address, threads))
    if is_verbose():
        places, _ = cluster.places(1 << 16)
        detail(f"a Ray cluster with room for {places} shard(s) at once")
    return cluster
