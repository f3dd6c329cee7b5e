"""The entropy coders by name: a stack to write with, and one to read."""

from __future__ import annotations

import numpy as np

from acncodec.contracts.message import StoredMessage
from acncodec.errors import FormatError
from acncodec.stack.ans import Stack
from acncodec.stack.arithmetic import ArithmeticStack
from acncodec.stack.torchac_backend import load_torchac


def check_coder(coder: str) -> None:
    """Raise `MissingExtraError` when `coder` needs a package that is not there."""
    if coder == "torchac":
        load_torchac()


def writer(coder: str, digest: bytes, blocks: int) -> StoredMessage:
    """Alice's stack: nothing on it but a 32-byte digest (and its hash chain, if `blocks` > 1)."""
    if coder == "torchac":
        return ArithmeticStack.seeded(digest, blocks)
    return Stack.seeded(digest, blocks)


def reader(coder: str, payload: bytes) -> StoredMessage:
    """Bob's stack, from its bytes in the file. Raises `CorruptionError` if it is malformed."""
    if coder == "torchac":
        return ArithmeticStack(payload, writing=False)
    if coder == "ans":
        return Stack(np.frombuffer(payload, "<u4").astype(np.uint32), seal=False)
    raise FormatError(f"unknown coder {coder!r}")
