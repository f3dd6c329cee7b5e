"""Costs against K, the neighbours that training draws from (the paper's Figure 2), small models.

Run as `python bench/k_sweep.py IMAGES LABELS WORK > bench/results/k-sweep.json`, with MNIST's
training images and labels. Every model has the same small shape (preset `mnist-small`), the same
number of steps and the same seed; only K differs (`bench/small_models.py`). Models lie in the
folder WORK, and a run that was interrupted goes on there. Priced are the bundled test images.
"""

from __future__ import annotations

from small_models import Choice, measure, parser

COUNTS = (1, 5, 10, 25, 100, 1000)


def main() -> None:
    """Train what is missing, price everything, print one JSON object."""
    line = parser(__doc__)
    line.add_argument("--counts", type=int, nargs="+", default=COUNTS, help="values of K")
    options = line.parse_args()
    models = [({"K": k}, Choice(f"k{k}", {"neighbours": k})) for k in options.counts]
    print(measure("k_sweep", models, options))


if __name__ == "__main__":
    main()
