"""What latents and order are worth: the parts add up, and models are trained once."""

from __future__ import annotations

import json
import math
from pathlib import Path

import latents_worth
import msgspec
import numpy as np
import pytest
from level_sets import level_array

from acncodec.report.schema import LatentsWorth


def test_an_acn_is_priced_beside_its_decoder_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, seed in (("train", 1), ("test", 2)):
        np.save(tmp_path / f"{name}.npy", level_array("grey", 60, seed))
    line = [str(tmp_path / name) for name in ("train.npy", "test.npy", "work")]
    line += ["--with", "tiny-acn-resnet", "--without", "tiny-resnet", "--steps", "4"]
    line += ["--set", "train.batch=8"]
    monkeypatch.setattr("sys.argv", ["latents_worth.py", *line, "--count", "40"])
    latents_worth.main()
    result = json.loads(capsys.readouterr().out)
    assert (result["images"], result["samples_an_image"]) == (40, 30)
    assert msgspec.convert(result, LatentsWorth).latents["pixels"].bits > 30
    given, total = result["latents"], result["totals"]
    assert list(result["alone"]) == ["pixels"]
    assert set(given) == {"pixels", "kl_k1", "kl_k5", "kl_k10", "kl_tour", "kl_unconditional"}
    assert result["order"] == pytest.approx(math.lgamma(41) / math.log(2) / 40)
    assert total["alone_iid"] == result["alone"]["pixels"]["bits"]
    whole = given["pixels"]["bits"] + given["kl_unconditional"]["bits"]
    assert total["latents_set"] == pytest.approx(whole - result["order"])
    assert 30 < total["latents_iid"] == pytest.approx(whole) and given["kl_tour"]["bits"] > 0
    for name, bound in (("latents", total["latents_iid"]), ("alone", total["alone_iid"])):
        fixed = 8 * result["file_bytes"][name] - 40 * bound  # header, digest, seed
        assert 0 < fixed < 8 * 1000
    files = {path.name: path.read_bytes() for path in (tmp_path / "work").glob("*.safetensors")}
    latents_worth.main()
    assert json.loads(capsys.readouterr().out)["latents"] == given
    for path in (tmp_path / "work").glob("*.safetensors"):
        assert path.read_bytes() == files[path.name]
