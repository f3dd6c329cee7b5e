"""Figures in the prose of the pages are those of committed results, of models, or of the code."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acncodec.arithmetic.tables import tables
from acncodec.codec import demand
from acncodec.container import stored
from acncodec.engines.int16.program import RUNS
from acncodec.models import work
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import bundled_path
from acncodec.parts.gated_pixelcnn.int16 import plan_decoder

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench" / "results"


def result(name: str) -> Any:
    return json.loads((RESULTS / name).read_text("utf-8"))


def page(name: str) -> str:
    """A page with single blanks."""
    return " ".join((ROOT / "docs" / name).read_text("utf-8").split())


@pytest.fixture(scope="module")
def mnist() -> FrozenModel:
    return FrozenModel.load(bundled_path("mnist"))


def test_labels() -> None:
    rows = [row for row in result("labels.json")["rows"] if row["images"] == 10_000]
    assert len(rows) == 2
    less = [100 - 100 * row["neighbours_bytes"] / row["by_pixel_weight_bytes"]["0"] for row in rows]
    said = f"takes {min(less):.0f} to {max(less):.0f} % less than codes alone, and under half"
    assert said in page("METHOD.md")
    assert all(row["neighbours_bytes"] < row["parent_on_greedy_tour_bytes"] / 2 for row in rows)
    canonical = next(row for row in rows if row["order"] == "canonical")
    costs = [canonical[key] * 8 / 10_000 for key in ("labels_section_bytes", "entropy_bytes")]
    assert "costs {:.1f} bits where its entropy is {:.1f}".format(*costs) in page("METHOD.md")


def test_a_model_in_the_file() -> None:
    found = result("coded-models.json")
    rows = {row["coarseness"]: row for row in found["rows"]}
    text, bits = page("METHOD.md"), found["unrounded_bits_a_weight"]
    frozen = f"A network of {found['weights']:,} weights for Fashion-MNIST takes {bits:.1f} bits"
    assert frozen in text
    said = "{bits_a_weight:.1f} at {at}, where the pixels cost {loss_percent:.2f} % more"
    assert said.format(**rows[1.0], at="the rule's own steps") in text
    said = said.replace("the pixels cost", "they cost")
    assert said.format(**rows[1.7], at="steps 1.7 times as coarse") in text


def test_baselines_beside_the_bundled_model(mnist: FrozenModel) -> None:
    def decoder_weights(model: FrozenModel) -> int:
        return sum(
            tensor.size
            for name, tensor in model.tensors().items()
            if name.startswith("decoder.") and name.endswith((".weight", ".bias"))
        )

    pixelcnn, vae = (
        FrozenModel.load(ROOT / "bench" / "models" / f"mnist-{name}.safetensors")
        for name in ("pixelcnn", "vae")
    )
    lacks = 100 - 100 * decoder_weights(pixelcnn) / decoder_weights(mnist)
    text = page("METHOD.md")
    assert f"the conditioner and the products with s, {lacks:.0f} % of the weights" in text
    assert "about as many weights as the ACN's decoder and a third of its multiply-adds" in text
    assert decoder_weights(vae) == pytest.approx(decoder_weights(mnist), rel=0.15)
    assert vae.decoder.macs == pytest.approx(mnist.decoder.macs / 3, rel=0.15)


def test_what_an_order_is_worth() -> None:
    text = page("ORDER.md")
    worth = {count: math.lgamma(count + 1) / count for count in (1000, 10_000, 70_000)}
    said = "{:.1f} nats at N = 1,000, {:.1f} at 10,000 and {:.1f} at 70,000".format(*worth.values())
    assert said in text
    row = result("mnist-10000.json")["orderings"]["iid"]
    assert "a tenth of what an image costs, and over two thirds of the price of its latent" in text
    assert 0.095 < worth[10_000] / row["file_nats"] < 0.105
    assert 2 / 3 < worth[10_000] / row["kl_bound_nats"] < 0.75


def test_two_coders() -> None:
    assert "Both files are within a percent of each other. More than half" in page("EXPERIMENTS.md")
    for count in (1000, 10_000):
        ours = result(f"mnist-{count}.json")["orderings"]
        for name, other in result(f"mnist-{count}-torchac.json")["orderings"].items():
            file, ideal = (other[key] - ours[name][key] for key in ("file_nats", "ideal_nats"))
            assert 0 < file < 0.01 * ours[name]["file_nats"] and ideal > file / 2


def test_how_long_the_probe_would_take() -> None:
    said = "as many as the line asks for take about two days on two cores"
    assert said in page("EXPERIMENTS.md")
    facts = result("model.json")
    steps = result("probe-curve.json")["drawn_on"]["steps"]
    assert 1.75 < steps * facts["minutes"] / facts["steps"] / (60 * 24) < 2.25


def test_gates_inputs_and_runs_of_the_bundled_model(mnist: FrozenModel) -> None:
    text, layers = page("SPEED.md"), mnist.decoder
    blocks, filters = len(layers.blocks), len(layers.vertical_in.weight)
    gates = layers.height * layers.width * blocks * 2 * filters
    assert f"two look-ups in a table of {tables().tanh.size:,} entries" in text
    assert f"an image has {gates:,} gates" in text
    narrow = re.compile(r"(encoder\.\d+|decoder\..*)\.weight")  # what 16-bit pairs carry out
    widest = max(one.shape[1] for name, one in mnist.tensors().items() if narrow.fullmatch(name))
    assert f"a layer adds up to {widest} of them" in text
    inputs = {block.vertical.weight.shape[1] for block in layers.blocks}
    program = layers.int16
    plans = plan_decoder(layers)
    found = [plan for plan in plans[3 : 3 + 3 * blocks : 3] if plan is not None]
    runs = [len(plan.pairs) for plan in found]
    assert len(runs) == blocks
    if program is not None:
        assert runs == program.program.layers[3 : 3 + 3 * blocks : 3, RUNS].tolist()
    cuts = [int((plan.shifts >= 0).sum()) for plan in found]
    said = f"vertical layer, {inputs.pop()} inputs, is divided {min(cuts)} to {max(cuts)} times"
    assert said in text and not inputs


def test_what_stays_on_the_cpu() -> None:
    said = "Encoder, conditioner and priors stay on the CPU: they take under a tenth of the time"
    assert said in page("SPEED.md")
    (run,) = [
        run
        for run in result("speed.json")["runs"]
        if (run["engine"], run["threads"], run["images"], run["ordering"], run["batch"])
        == ("float64", 1, 1000, "set", 256)
    ]
    spent = run["decompress"]["stage_seconds"]
    there = sum(spent[name] for name in ("encoding", "conditioner", "latents"))
    assert 0 < there < 0.1 * run["decompress"]["seconds"]


def test_limits() -> None:
    table = (ROOT / "docs" / "RELIABILITY.md").read_text("utf-8")
    rows = {
        "an image": (work.MAX_PIXELS, None),
        "images in all, repeats counted": (demand.FREE_BYTES, demand.BYTES_A_BYTE),
        "multiply-adds of the networks": (work.FREE_MACS, work.MACS_A_BYTE),
        "time in all, by stated speeds": (work.FREE_SECONDS, work.SECONDS_A_BYTE),
        "stored images of a shard": (stored.FREE_BYTES, stored.BYTES_A_BYTE),
    }
    for name, limits in rows.items():
        (cells,) = re.findall(rf"^\| {name} \|([^|]*)\|([^|]*)\|$", table, re.MULTILINE)
        for cell, limit in zip(cells, limits, strict=True):
            number = re.match(r" (?:(\d+)\^(\d+)|([\d.]+))", cell)
            assert (number is None) == (limit is None), name
            if number is not None and limit is not None:
                value = int(number[1]) ** int(number[2]) if number[1] else float(number[3])
                assert np.isclose(value, limit, rtol=0), name


def test_a_hundred_million_images_on_a_hundred_machines() -> None:
    text, found, count = page("MACHINES.md"), result("scale.json"), 10**8
    (row,) = [one for one in found["rows"] if (one["images"], one["asked"]) == (70_000, "set")]
    seconds = {way: row[f"{way}_seconds_per_image"] for way in ("compress", "decompress")}
    assert found["threads"] == 2
    assert f"{1000 * seconds['compress']:.3f} ms to compress" in text
    assert f"{1000 * seconds['decompress']:.3f} ms to decompress" in text
    assert f"{row['file_bytes']:,} bytes in one shard, {row['file_bytes'] / 70_000:.1f} an" in text
    shards = math.ceil(count / 70_000)
    assert f"1,429 x {row['file_bytes']:,} = {shards * row['file_bytes'] / 1e9:.2f} GB" in text
    assert shards == 1429 and f"{count * 784 / 1e9:.1f} GB" in text
    stream = found["stream"]
    rate = stream["data_mib"] / stream["compress_seconds"]
    assert f"at {rate:.0f} MiB/s or faster" in text
    scan = count * 784 / (1 << 20) / rate / 60
    assert text.count(f"{scan:.1f} minutes") == 2
    each = round(count * round(1000 * seconds["compress"], 3) / 1000 / 100)
    assert f"is {each:,} s, {each / 60:.0f} minutes" in text
    for way in seconds.values():
        eight = 8 * 70_000 * 2 * round(1000 * way, 3) / 1000
        assert f"{eight:,.0f} s" in text
    whole = math.lgamma(count + 1) / math.log(2) / count
    assert f"= {whole:.1f} bits an image, that is {whole * count / 8e6:.0f} MB" in text
    for number in (shards, 100):
        bits = math.log2(number)
        assert f"{bits:.1f} for S = {number:,} ({bits * count / 8e6:.0f} MB)" in text
