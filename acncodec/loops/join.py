"""Which loop a pass and a head have together, if any."""

from __future__ import annotations

from acncodec.contracts.head import Head
from acncodec.contracts.pixel_loop import PixelLoop
from acncodec.contracts.pixel_network import PixelPass, Pixels, RaggedPass
from acncodec.heads.bernoulli import Bernoulli
from acncodec.heads.logistic_mixture import ExactLogisticMixture
from acncodec.loops.bernoulli_pixelcnn import BernoulliPixelCNNLoop
from acncodec.loops.mixture_resnet import MixtureResNetLoop
from acncodec.parts.causal_resnet.int16 import Int16Pass as ResNetPass
from acncodec.parts.gated_pixelcnn.int16 import Int16Pass as PixelCNNPass


def join(run: PixelPass | RaggedPass, head: Head, pixels: Pixels) -> PixelLoop | None:
    """The loop that takes images (n, C, H, W) off a stack, into `pixels`; None where network and
    head have none together."""
    if isinstance(run, ResNetPass) and isinstance(head, ExactLogisticMixture):
        return MixtureResNetLoop(run, head, pixels)
    if isinstance(run, PixelCNNPass) and isinstance(head, Bernoulli) and run.sees_values:
        return BernoulliPixelCNNLoop(run, pixels)
    return None
