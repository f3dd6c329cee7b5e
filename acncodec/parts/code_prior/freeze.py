"""Freezing the prior of maps of codes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from acncodec.arithmetic.tables import LOGIT_BITS
from acncodec.parts.code_prior.exact import ExactCodePrior
from acncodec.parts.code_prior.net import CodePrior
from acncodec.parts.gated_pixelcnn.freeze import freeze_pixelcnn
from acncodec.parts.planes import ONE

AT = "prior.network."


def freeze_code_prior(net: CodePrior, reach: Mapping[str, float]) -> ExactCodePrior:
    """The exact copy of the prior.

    reach: the largest magnitude of each module's output (`learning.calibrate`). Raises
    `FreezeError` when a layer does not fit.
    """
    named = {
        "decoder." + name.removeprefix(AT): value
        for name, value in reach.items()
        if name.startswith(AT)
    }
    network = freeze_pixelcnn(net.network, named, outputs=[(net.config.codes, LOGIT_BITS)])
    planes = np.tanh(net.embedding.detach().double().cpu().numpy())
    return ExactCodePrior(network, np.rint(planes * ONE).astype(np.int16))
