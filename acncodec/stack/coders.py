"""The entropy coders by name: a stack to write with, and one to read.

The second coder is imported where it is asked for.
"""

from __future__ import annotations

import numpy as np

from acncodec.contracts.message import StoredMessage
from acncodec.errors import CoderError, FormatError, TooLargeError
from acncodec.stack.ans import Stack

TORCHAC_LEVELS = 256
"""torchac's tables list every alternative of a symbol: those of more levels would be huge."""


def check_coder(coder: str, levels: int = 2) -> None:
    """Raise `CoderError` where `coder` cannot code pixels of so many levels, `MissingExtraError`
    when it needs a package that is not there."""
    if coder == "torchac":
        if levels > TORCHAC_LEVELS:
            raise CoderError(
                f"the coder torchac codes images of up to {TORCHAC_LEVELS} levels, not {levels}"
            )
        from acncodec.stack.torchac_backend import load_torchac

        load_torchac()


def check_kinds(coder: str, kinds: int) -> None:
    """Raise `TooLargeError` where `coder` cannot say which of so many classes an image is of."""
    from acncodec.stack.torchac_backend import MAX_ALTERNATIVES

    if coder == "torchac" and kinds > MAX_ALTERNATIVES:
        raise TooLargeError(
            f"the coder torchac takes {MAX_ALTERNATIVES:,} classes of images, not {kinds:,}"
        )


def writer(coder: str, digest: bytes, blocks: int) -> StoredMessage:
    """Alice's stack: nothing on it but a 32-byte digest (and its hash chain, if `blocks` > 1)."""
    if coder == "torchac":
        from acncodec.stack.arithmetic import ArithmeticStack

        return ArithmeticStack.seeded(digest, blocks)
    return Stack.seeded(digest, blocks)


def reader(coder: str, payload: bytes) -> StoredMessage:
    """Bob's stack, from its bytes in the file. Raises `CorruptionError` if it is malformed."""
    if coder == "torchac":
        from acncodec.stack.arithmetic import ArithmeticStack

        return ArithmeticStack(payload, writing=False)
    if coder == "ans":
        return Stack(np.frombuffer(payload, "<u4").astype(np.uint32), seal=False)
    raise FormatError(f"unknown coder {coder!r}")
