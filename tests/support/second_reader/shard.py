"""Part of `second_reader`: the decoding of a stack (11)."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from second_reader.encoders import encode
from second_reader.fields import need
from second_reader.images import Image, Kind
from second_reader.indexes import pop_maps
from second_reader.networks import Model
from second_reader.parts import Part
from second_reader.pixels import pop_pixels
from second_reader.stack import Stack, even
from second_reader.urn import Pool


def decode_part(
    stack: Stack, part: Part, order: str, kinds: list[Kind], model: Model
) -> list[Image]:
    """The distinct images of a stack, in the order of their numbers (11.4)."""
    numbers = list(range(part.distinct))
    if part.permuted:  # 11.2
        left = list(numbers)
        numbers = [left.pop(stack.pop_uniform(n)) for n in range(len(numbers), 0, -1)]
    images = decode_batches(stack, part, kinds, model)
    if order == "any":
        return sorted(images)
    return [image for _, image in sorted(zip(numbers, images, strict=True))]


def decode_batches(stack: Stack, part: Part, kinds: list[Kind], model: Model) -> list[Image]:
    """The distinct images of a stack, in decoding order (11.3)."""
    needs_prior = part.strategy in ("tour", "urn")
    need(model.has_prior or not needs_prior, f"{part.strategy} without a prior network")
    images: list[Image] = []
    taken: list[bytes] = []
    to_come = dict(part.counts)
    pool = Pool(model, *part.urn) if part.urn else None
    codes = np.zeros((0, model.dimensions), np.int64)
    for number, n in enumerate(part.batches()):
        chosen = [pop_kind(stack, to_come) for _ in range(n)]
        if part.strategy == "tour" and number:
            items = np.arange(n)
            latents = conditional_latents(stack, codes[items // 2 if number == 1 else items], model)
        elif pool:
            latents = pool.pop_latents(stack, n)
        elif model.dimensions:
            latents = unconditional_latents(stack, n, model)
        elif model.kind == "vqvae":
            latents = pop_maps(stack, n, model)
        else:
            latents = np.zeros((n, 0), np.int64)
        those = [kinds[kind] for kind in chosen]
        levels = pop_pixels(stack, latents, model, those)
        codes = encode(model, levels, those)
        if model.dimensions:
            for offset in reversed((latents - codes).ravel().tolist()):
                need(-64 <= offset <= 64, "a latent too far from its code")
                stack.push(offset + 64, model.posterior)
        batch = [
            Image(kinds[kind].content(image.transpose(2, 0, 1)), kind)
            for kind, image in zip(chosen, levels, strict=True)
        ]
        images += batch
        if part.strategy in ("set", "urn"):
            for image, code in reversed(list(zip(batch, codes, strict=True))):
                rank = bisect_left(taken, image.content)
                need(taken[rank : rank + 1] != [image.content], "a set holds an image twice")
                taken.insert(rank, image.content)
                stack.push_uniform(rank, len(taken))
                if pool:
                    pool.insert(rank, code)
    return images


def pop_kind(stack: Stack, to_come: dict[int, int]) -> int:
    """Which kind the next image has, given how many of each are still to come (3.1, step 0)."""
    left = [kind for kind, count in to_come.items() if count]
    kind = left[stack.pop(even([to_come[kind] for kind in left]))]
    to_come[kind] -= 1
    return kind


def conditional_latents(stack: Stack, codes: np.ndarray, model: Model) -> np.ndarray:
    rows = [
        [stack.pop(model.bins(*mixture)) - model.reach for mixture in zip(*parameters, strict=True)]
        for parameters in zip(*model.prior(codes), strict=True)
    ]
    return np.array(rows, np.int64)


def unconditional_latents(stack: Stack, n: int, model: Model) -> np.ndarray:
    components = [stack.pop(model.components) for _ in range(n)]
    z = np.zeros((n, model.dimensions), np.int64)
    for d in range(z.shape[1]):
        for i, k in enumerate(components):
            z[i, d] = stack.pop(model.marginal(z[i], k, d)) - model.reach
    for i in reversed(range(n)):
        stack.push(components[i], model.responsibilities(z[i]))
    return z
