"""The options of `acncodec compress`."""

from __future__ import annotations

import click

from acncodec.training.progress import MOST_MINUTES

from .cluster import ray_option
from .limits import allow_large_option
from .options import (
    all_of,
    data_options,
    device_option,
    force_option,
    json_option,
    model_option,
    solver_option,
    speed_options,
)
from .session import AnyFunction, common_options
from .shares import SHARE


def compress_options(function: AnyFunction) -> AnyFunction:
    """All options of the command; `Asked` has a field for each."""
    return all_of(
        function,
        data_options,
        model_option("the bundled one that fits the data"),
        click.option(
            "--order", type=click.Choice(["keep", "any"]), default="keep", show_default=True,
            help="Restore the images' order, or only the set, in a canonical order.",
        ),
        click.option(
            "--ordering", type=click.Choice(["auto", "set", "urn", "tour", "iid"]), default="auto",
            show_default=True,
            help="How images are laid out to predict each other; auto takes the cheapest.",
        ),
        solver_option,
        click.option(
            "--alpha", type=click.IntRange(1, 2**32 - 1), show_default="the cheapest by estimate",
            help="How many earlier images the trained prior weighs as much as, in `urn`.",
        ),
        click.option(
            "--kernel", type=click.IntRange(0, 2**12), show_default="the cheapest by estimate",
            help="What an earlier image stands for in `urn`: 0 for the prior network's mixture, "
            "else a Gaussian of this deviation, in eighths of the posterior's.",
        ),
        click.option(
            "--coder", type=click.Choice(["ans", "torchac"]), default="ans", show_default=True,
            help="The entropy coder; torchac needs the extra of that name.",
        ),
        speed_options,
        device_option,
        click.option(
            "--shard-size", metavar="N", type=click.IntRange(min=1),
            help="At most N images in a shard, each decodable alone: should the file be damaged, "
            "or for `decompress --range`. Shards are coded side by side, and an .npy, an IDX file "
            "that is not gzipped and a folder are read shard by shard, so that they may be larger "
            "than the memory. Without, one shard has all. S shards of a `set` cost log2 S bits an "
            "image, and each shard a few hundred bits.",
        ),
        click.option(
            "--shard", "share", metavar="I/S", type=SHARE,
            help="Compress the I-th of S parts of DATA: consecutive images, as many in each. Each "
            "may be compressed on another machine, with the same options; `join` makes one "
            "archive of them.",
        ),
        ray_option,
        click.option(
            "--stored", type=click.Choice(["auto", "never"]), default="auto", show_default=True,
            help="Whether images that no model codes well may be stored, so that no file is much "
            "larger than its packed pixels.",
        ),
        click.option(
            "--fit",
            metavar="MINUTES",
            type=click.FloatRange(0, MOST_MINUTES, min_open=True),
            help="Train a model on DATA itself for so long, and keep the smallest file: with that "
            "model in it, or by the one that is taken without. The state, OUT.acn.fit, survives a "
            "kill and is removed at the end; Ctrl-C ends the training early, twice stops.",
        ),
        click.option(
            "--fast",
            "pace",
            flag_value="fast",
            help="With --fit: a model whose multiply-adds for 1,024 pixels take 0.2 ms on two "
            "threads; none is taken that takes longer, unless you name it.",
        ),
        click.option("--slow", "pace", flag_value="slow", help="With --fit: in 3 ms, not 1 ms."),
        click.option(
            "--start", metavar="NAME|PATH|none",
            help="With --fit: begin with the weights of a model, bundled, your own or a file; or "
            "anew. All of the fitted model is coded, as without.  [default: with a model that is "
            "tried anyway, where it is as large as what would be trained and worth its bytes]",
        ),
        click.option(
            "--embed-model", is_flag=True,
            help="Put the models into the file, which then needs nothing else to be read, at "
            "whatever number of bytes.",
        ),
        click.option(
            "--decode-jpeg", is_flag=True,
            help="Take the pixels of JPEG and lossy WebP files too, and say what they cost "
            "against the files, which do not come back.",
        ),
        allow_large_option(
            "Model also images that take over a second each to decode, which else are stored, and "
            "write what is only read with this option."
        ),
        force_option,
        click.option(
            "--verify", is_flag=True,
            help="Before the file is kept, decode it and compare it with DATA, read once more.",
        ),
        json_option,
        common_options,
    )  # fmt: skip
