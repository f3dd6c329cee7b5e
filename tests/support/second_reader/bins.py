"""Part of `second_reader`: a shard from its sections, and its final checks (3.1, 6.4, 11.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from second_reader.arrangement import arranged
from second_reader.duplicates import with_duplicates
from second_reader.fields import need
from second_reader.header import Header
from second_reader.images import Image
from second_reader.networks import Model
from second_reader.parts import Shard
from second_reader.shard import decode_part
from second_reader.stack import Stack
from second_reader.stored import stored_images
from second_reader.torchac import ByteStack


@dataclass(frozen=True)
class Payloads:
    """The sections of a shard; those that it has not are empty."""

    duplicates: bytes
    arrangement: bytes
    stored: bytes
    stacks: list[bytes]


def decode_shard(
    header: Header, shard: Shard, payloads: Payloads, models: Sequence[Model]
) -> list[Image]:
    """The N images of a shard in output order."""
    order, kinds = header.order, header.kinds
    stacks, bins = [], []
    for part, payload in zip(shard.parts, payloads.stacks, strict=True):
        need(part.distinct <= 8 * len(payload), "more images than bits in the stack")
        stacks.append(open_stack(header.coder, payload))
        bins.append(decode_part(stacks[-1], part, order, kinds, models[part.model]))
    if shard.stored:
        stored = stored_images(payloads.stored, shard.stored, order, kinds)
        modelled = {image.content for images in bins for image in images}
        both = any(image.content in modelled for images in stored for image in images)
        need(not both, "an image stored and modelled")
        bins += stored

    alone = not shard.arranged
    distinct = [image for images in bins for image in images]
    if not alone:
        distinct = arranged(payloads.arrangement, order, bins)
    images = with_duplicates(order, shard, payloads.duplicates, distinct)
    whole = digest(images)
    need(alone or payloads.arrangement[:32] == whole, "the SHA-256 of the arrangement")
    for part, stack, own in zip(shard.parts, stacks, bins, strict=False):
        chain = [whole if alone else digest(own)]
        while len(chain) < part.blocks:
            chain.append(hashlib.sha256(chain[-1]).digest())
        need(stack.holds(b"".join(chain)), "the final check")
    return images


def digest(images: list[Image]) -> bytes:
    return hashlib.sha256(b"".join(image.content for image in images)).digest()


def open_stack(coder: str, payload: bytes) -> Stack:
    if coder == "torchac":
        return ByteStack(payload)
    need(len(payload) % 4 == 0, "a stack of broken words")
    return Stack(np.frombuffer(payload, "<u4").tolist())
