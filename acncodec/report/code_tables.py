"""Tables of what codes tell of the class: by choices of training, and while a model is trained."""

from __future__ import annotations

from acncodec.report.document import Row, Table, number
from acncodec.report.results import Source
from acncodec.report.schema import Choices, HeldBackChoices, ProbeCurve


def choices_table(source: Source, choices: Choices) -> Table:
    """What choices of training do to costs and codes."""
    rows = tuple(
        Row(
            (
                row.choice, number(row.kl_tour_nats), number(row.kl_unconditional_nats),
                number(row.unordered_nats), number(row.tour_nats),
                number(row.linear_accuracy, share=True, strong=True),
                number(row.knn_accuracy, share=True),
            ),
            (source,),
        )
        for row in choices.rows
    )  # fmt: skip
    headings = (
        "choice", "KL, greedy tour", "KL, unconditional", "unordered bound", "tour bound",
        "linear classifier", "K-NN",
    )  # fmt: skip
    budget = f", trained for {choices.budget} unless a row says more" if choices.budget else ""
    caption = f"Small models that differ in choices of training{budget}; bounds in nats an image"
    return Table(f"choices-{source.number}", caption, headings, rows)


def held_back_table(source: Source, choices: HeldBackChoices) -> Table:
    """What choices of training do to images that were held back."""
    rows = tuple(
        Row(
            (
                row.choice, f"{row.steps:,}", number(row.kl_nats), number(row.nats, strong=True),
                number(row.linear_accuracy, share=True), number(row.knn_accuracy, share=True),
            ),
            (source,),
        )
        for row in choices.rows
    )  # fmt: skip
    headings = "choice", "steps", "KL", "bound", "linear classifier", "K-NN"
    caption = (
        f"Small models trained on {choices.train}, priced and probed on {choices.held_back}; nats "
        "an image"
    )
    return Table(f"held-back-choices-{source.number}", caption, headings, rows)


def probe_curve_table(source: Source, curve: ProbeCurve) -> Table:
    """What the codes of one run tell, step by step."""
    rows = tuple(
        Row(
            (
                f"{row.step:,}", number(row.linear_accuracy, share=True, strong=True),
                number(row.knn_accuracy, share=True),
            ),
            (source,),
        )
        for row in curve.rows
    )  # fmt: skip
    images = f"Images of {curve.data_name}" if curve.data else "Test images"
    caption = f"{images} that are classified rightly by the codes of one run, step by step"
    if curve.drawn_on is not None:
        caption += (
            f"; misses fall as steps to the power {curve.drawn_on.power:.2f}, which comes to "
            f"{curve.drawn_on.target:.1%} after some {curve.drawn_on.steps:,.0f} steps"
        )
    headings = "training steps", "linear classifier", "K-NN"
    return Table(f"probe-curve-{source.number}", caption, headings, rows)
