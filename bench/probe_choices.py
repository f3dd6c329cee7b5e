"""Which choices of training make codes tell the class: small models that differ in them.

Run as `python bench/probe_choices.py IMAGES LABELS WORK > bench/results/probe-choices.json`, with
MNIST's training images and labels. Models are those of `bench/small_models.py`, and lie in the
folder WORK, where a run that was interrupted goes on. Priced and probed are the bundled test
images.
"""

from __future__ import annotations

from small_models import Choice, measure, parser


def choices(steps: int) -> dict[str, Choice]:
    """What is tried, by the words that describe it."""
    return {
        "as the preset": Choice("k5"),
        "neighbours among all 50,000 codes": Choice("all-codes", {"pool": 0}),
        "encoder and prior network at the decoder's rate": Choice("rate", {"network_rate": 1.0}),
        "the same, and the KL at its full weight from the start": Choice(
            "rate-no-ramp", {"network_rate": 1.0, "kl_start": 1.0}
        ),
        "the same, and one Gaussian a dimension from the prior network": Choice(
            "rate-gaussian", {"network_rate": 1.0}, {"prior_components": 1}
        ),
        "the same, and a prior network an eighth as wide": Choice(
            "rate-narrow-prior", {"network_rate": 1.0}, {"prior_hidden": 32}
        ),
        "the same, and a latent of 32 dimensions": Choice(
            "rate-wide-latent", {"network_rate": 1.0}, {"latent_dim": 32}
        ),
        "the same, and four times the steps": Choice(
            "rate-long", {"network_rate": 1.0, "steps": 4 * steps}
        ),
        "encoder and prior network at three times that rate": Choice(
            "rate3", {"network_rate": 3.0}
        ),
        "the same, and the KL's weight rising from 0.03 over 4/5 of the run": Choice(
            "rate3-ramp",
            {"network_rate": 3.0, "kl_start": 0.03, "kl_ramp_steps": 4 * steps // 5},
        ),
        "KL at half its weight": Choice(
            "light-kl", {"kl_start": 0.5, "kl_ramp_steps": 1_000_000_000}
        ),
        "decoder of half the width and depth": Choice(
            "weak-decoder", config={"decoder_filters": 8, "decoder_blocks": 2}
        ),
        "twice the steps": Choice("longer", {"steps": 2 * steps}),
    }


def main() -> None:
    """Train what is missing, price and probe everything, print one JSON object."""
    options = parser(__doc__).parse_args()
    tried = [({"choice": words}, choice) for words, choice in choices(options.steps).items()]
    print(measure("choices", tried, options))


if __name__ == "__main__":
    main()
