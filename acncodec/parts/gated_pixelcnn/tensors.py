"""The exact PixelCNN's tensors: which there are, written and read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from acncodec.arithmetic.tensors import (
    Tensors,
    TensorSpec,
    affine_schema,
    affine_tensors,
    read_affine,
)
from acncodec.errors import FreezeError, ModelError
from acncodec.parts.conditioner.exact import ExactConditioner
from acncodec.parts.conditioner.shape import ConditionerConfig
from acncodec.parts.conditioner.tensors import (
    conditioner_schema,
    conditioner_tensors,
    read_conditioner,
)
from acncodec.parts.gated_pixelcnn.exact import ExactBlock, ExactDecoder
from acncodec.parts.gated_pixelcnn.layers import BINARY_PLANES
from acncodec.parts.gated_pixelcnn.shape import PixelCNNConfig
from acncodec.parts.outputs import OutputGroup, outputs_schema, outputs_tensors, read_outputs

MAX_RESIDUAL_LIFT = 48
"""An operand lifted by this still fits 64 bits with room to spare."""
OF_A_BLOCK = ("vertical", "horizontal", "residual")
AROUND = ("vertical_in", "horizontal_in", "head")
LOGIT = "decoder.logit"
"""The only output layer where images are binary; else there are groups of outputs."""


def pixelcnn_schema(
    config: PixelCNNConfig, conditioner: ConditionerConfig | None = None, *,
    planes: int = BINARY_PLANES, groups: Sequence[int] = (), condition: int = 0,
) -> Iterator[TensorSpec]:  # fmt: skip
    """The tensors of the decoder, those of its conditioner, if it has one, among them.

    groups: outputs of each of the head's groups; none for binary images; condition: channels of
    the feature map of a conditioner of another kind, whose tensors are not among them.
    """
    if conditioner is not None:
        condition = conditioner.condition_channels
        yield from conditioner_schema(conditioner)
    filters, head = config.decoder_filters, config.head_filters
    rows, columns = config.vertical_kernel
    horizontal = (config.horizontal_kernel + 1) * filters + condition
    for index in range(config.decoder_blocks):
        at = f"decoder.{index}."
        vertical = rows * columns * filters + condition
        yield from affine_schema(at + "vertical", 2 * filters, vertical)
        yield from affine_schema(at + "horizontal", 2 * filters, horizontal)
        yield from affine_schema(at + "residual", filters, filters)
    above, aside = config.input_vertical_kernel
    before = config.input_horizontal_kernel * planes
    yield from affine_schema("decoder.vertical_in", filters, above * aside * planes)
    yield from affine_schema("decoder.horizontal_in", filters, before)
    yield from affine_schema("decoder.head", head, filters)
    yield from outputs_schema(groups, head) if groups else affine_schema(LOGIT, 1, head)
    for name in ("vertical_scales", "horizontal_scales"):
        yield TensorSpec(f"decoder.{name}", "int64", (config.decoder_blocks + 1,), 0, 14)


def pixelcnn_tensors(decoder: ExactDecoder) -> Tensors:
    """The decoder as tensors, those of a conditioner of `parts.conditioner` among them."""
    out: Tensors = {}
    if isinstance(decoder.conditioner, ExactConditioner):
        out |= conditioner_tensors(decoder.conditioner)
    for index, block in enumerate(decoder.blocks):
        for part in OF_A_BLOCK:
            out |= affine_tensors(f"decoder.{index}.{part}", getattr(block, part))
    for name in AROUND:
        out |= affine_tensors(f"decoder.{name}", getattr(decoder, name))
    if decoder.is_binary:
        out |= affine_tensors(LOGIT, decoder.outputs[0].affine)
    else:
        out |= outputs_tensors(decoder.outputs)
    out["decoder.vertical_scales"] = np.array(decoder.vertical_scales, np.int64)
    out["decoder.horizontal_scales"] = np.array(decoder.horizontal_scales, np.int64)
    return out


def read_pixelcnn(
    config: PixelCNNConfig, tensors: Tensors, conditioner: ConditionerConfig | None = None,
    reach: int = 0, *, planes: int = BINARY_PLANES, groups: Sequence[int] = (),
) -> ExactDecoder:  # fmt: skip
    """Undo `pixelcnn_tensors`, of tensors that the schema allows, for latents within +-`reach`.

    Raises `ModelError` when a residual could leave 64 bits (docs/FORMAT.md, 7.3) or an output what
    float64 holds (9.10), and as `read_conditioner` does.
    """
    exact = None if conditioner is None else read_conditioner(conditioner, tensors, reach)
    blocks = tuple(
        ExactBlock(*(read_affine(tensors, f"decoder.{index}.{part}") for part in OF_A_BLOCK))
        for index in range(config.decoder_blocks)
    )
    vertical_in, horizontal_in, head = (read_affine(tensors, f"decoder.{name}") for name in AROUND)
    logit = (OutputGroup(read_affine(tensors, LOGIT), 0),) if not groups else ()
    outputs = logit or read_outputs(tensors, len(groups))
    vertical, horizontal = (
        tuple(tensors[f"decoder.{name}"].tolist())
        for name in ("vertical_scales", "horizontal_scales")
    )
    for block, (before, after) in zip(blocks, pairwise(horizontal), strict=True):
        if not 0 <= block.residual.shift + after - before <= MAX_RESIDUAL_LIFT:
            raise ModelError("a residual accumulator does not suit the scale of its input")
    try:
        return ExactDecoder(
            exact, vertical_in, horizontal_in, blocks, vertical, horizontal, head, outputs, planes,
            *config.image_shape[1:], config.vertical_kernel, config.horizontal_kernel,
            config.input_vertical_kernel, config.input_horizontal_kernel,
        )  # fmt: skip
    except FreezeError as error:
        raise ModelError(str(error)) from error
