"""What auto-encoders lower: the squared error of images, and what a discriminator tells codes by.

x --encoder--> c --decoder--> logits, their sigmoids compared with x
               |
               c / WIDTH, or a draw of N(0, I) --discriminator--> which of the two it was

Makhzani et al. (2015, arXiv 1511.05644): a discriminator learns to tell codes from draws of a
Gaussian, and the encoder to make codes that it takes for draws. One step does both: the
discriminator's cost has no gradient in the codes, the encoder's none in the discriminator. A
penalty on the discriminator's slope where draws lie (R1 of Mescheder, Geiger and Nowozin 2018,
arXiv 1801.04406) lets it learn quickly without leaving the encoder nowhere to go.
"""

from __future__ import annotations

from typing import Any, Final

import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn.functional import one_hot, softplus

from acncodec.errors import TrainingError
from acncodec.latents.told import WIDTH
from acncodec.learning.networks import FloatNetworks
from acncodec.learning.objectives import BINARY, Costs, Stateless
from acncodec.learning.recipe import Recipe
from acncodec.learning.source import Source, draw_some, step_generator

SQUARED_ERROR: Final = "squared_error"
ADVERSARY: Final = "adversary"
DISCRIMINATOR: Final = "discriminator"
"""The network's name among those of the model."""
LEAST: Final = 0.01
"""The least share of either value that a decoder begins with."""


def squared_error(logits: Tensor, x: Tensor) -> Tensor:
    """Sums over the pixels of images x (N, C, H, W) of 0 and 1, float32 (N,)."""
    return (torch.sigmoid(logits) - x).square().flatten(1).sum(1)


def begin_at_mean(net: FloatNetworks, source: Source) -> None:
    """Set the decoder's last bias so that a network that trains begins with the share of ones of
    `source` in every pixel; one that is evaluated is left as it is.

    All pixels share a bias. From one half for each they would all be driven towards the commoner
    value, past the place from which the sigmoid's flat tail lets a squared error return.
    """
    if not net.training:
        return
    x, _rows = draw_some(source, step_generator(0, 0))
    logit: Any = net.decoder.get_submodule("logit")
    with torch.no_grad():
        logit.bias.copy_(torch.logit(x.mean((0, 2, 3)), eps=LEAST))


class SquaredError(Stateless):
    """That of an auto-encoder of binary images, and nothing beside it.

    net: one that trains is set to begin at the mean of `source` (`begin_at_mean`).
    """

    kl_name: Final = None
    cost_name: str = SQUARED_ERROR

    def __init__(self, net: FloatNetworks, source: Source) -> None:
        begin_at_mean(net, source)
        self._net = net

    def costs(self, x: Tensor, _rows: Tensor, _generator: torch.Generator) -> Costs:
        """See `Objective`. No cost of codes."""
        cost = squared_error(self._net.decoder(x, self._net.encode(x, BINARY)), x)
        return torch.zeros_like(cost), cost


class AdversarialError(Stateless):
    """The squared error, and a discriminator that holds codes to a Gaussian `WIDTH` wide.

    net: as `SquaredError` takes it; recipe: its `adversary` is the weight of what the encoder is to
    lower beside the squared error, `noise` the standard deviation of what is added to codes, so
    that decoder and discriminator see draws around them, and `penalty` the weight of the
    discriminator's slope where draws lie; classes: how many both are told, so that codes of each
    class are held to that Gaussian. Raises `TrainingError` where classes are told and the images
    have no such labels.
    """

    kl_name: Final = ADVERSARY
    cost_name: str = SQUARED_ERROR

    def __init__(
        self, net: FloatNetworks, source: Source, recipe: Recipe, classes: int = 0
    ) -> None:  # fmt: skip
        begin_at_mean(net, source)
        self._net, self._recipe, self._classes = net, recipe, classes
        self._labels = _labels(source, classes) if classes else None
        self._seen = self._true = self._feature = 0

    def costs(self, x: Tensor, rows: Tensor, generator: torch.Generator) -> Costs:
        """See `Objective`. In place of a KL: the discriminator's cost, and `adversary` times the
        encoder's."""
        code = self._net.encode(x, BINARY)
        drawn, around = torch.randn(2, *code.shape, generator=generator).to(x.device)
        code = code + self._recipe.noise * around
        told = torch.zeros(len(rows), 0, device=x.device)
        if self._labels is not None:
            told = one_hot(self._labels[rows], self._classes).to(x.device, torch.float32)
        cost = squared_error(self._net.decoder(x, torch.cat([code, WIDTH * told], 1)), x)
        return self._judged(code / WIDTH, drawn, told), cost

    def _judged(self, code: Tensor, drawn: Tensor, told: Tensor) -> Tensor:
        """What it costs the discriminator to take codes and draws (n, D), each with the class
        (n, K), for what they are, and the encoder that it does so: (n,)."""
        judge, recipe = self._net.get_submodule(DISCRIMINATOR), self._recipe
        drawn.requires_grad_(recipe.penalty > 0 and torch.is_grad_enabled())
        true = judge(torch.cat([drawn, told], 1))
        features = torch.cat([code, told], 1)
        feature = judge(features.detach())
        cost = softplus(-true) + softplus(feature)
        if drawn.requires_grad:
            (slope,) = torch.autograd.grad(true.sum(), drawn, create_graph=True)
            cost = cost + recipe.penalty / 2 * slope.square().sum(1)
        unmoved = {name: value.detach() for name, value in judge.named_parameters()}
        taken = functional_call(judge, unmoved, (features,))
        self._seen += len(drawn)
        self._true += int((true > 0).sum())
        self._feature += int((feature < 0).sum())
        return cost + recipe.adversary * softplus(-taken)

    def measures(self) -> dict[str, float]:
        """The discriminator's accuracies on true and on feature samples, shares of 1."""
        found = {
            f"{DISCRIMINATOR}_true_accuracy": self._true / max(1, self._seen),
            f"{DISCRIMINATOR}_feature_accuracy": self._feature / max(1, self._seen),
        }
        self._seen = self._true = self._feature = 0
        return found


def _labels(source: Source, classes: int) -> Tensor:
    labels = source.labels
    if labels is None:
        raise TrainingError("the decoder is told the class of each image, and there are no labels")
    wrong = labels[(labels < 0) | (labels >= classes)]
    if len(wrong):
        raise TrainingError(
            f"a label {int(wrong[0])}: decoder.classes = {classes} are the classes 0 to "
            f"{classes - 1}"
        )
    return labels
