"""Too little memory is an error of the package's own, raised before anything waits for it."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny import blobs

from acncodec import memory
from acncodec.codec import CompressOptions, compress_dataset, decompress_archive
from acncodec.errors import TooLargeError
from acncodec.exact.model import FrozenModel
from acncodec.images import load_dataset, recognise


def test_a_memory_error_is_told() -> None:
    with pytest.raises(TooLargeError, match="not enough memory"), memory.memory_errors():
        raise MemoryError


def test_what_is_larger_than_the_machine_is_refused(
    tiny_model: FrozenModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, source = tmp_path / "a.acn", tmp_path / "a.npz"
    np.savez(source, x=blobs(20, 1)[:, 0])
    with path.open("wb") as file:
        compress_dataset(load_dataset(source), tiny_model, CompressOptions(), file)
    assert memory.machine_bytes() > 1 << 28
    monkeypatch.setattr(memory, "machine_bytes", lambda: 20 * 64 - 1)
    with pytest.raises(TooLargeError, match="more than the 1279 of this machine's memory"):
        decompress_archive(path, tiny_model)
    with pytest.raises(TooLargeError, match="its arrays take"):
        load_dataset(source)


def test_nothing_is_multiplied_without_room_for_the_buffers(
    tiny_model: FrozenModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = recognise({"x": blobs(5, 1)[:, 0]})
    path = tmp_path / "a.acn"
    with path.open("wb") as file:
        compress_dataset(data, tiny_model, CompressOptions(), file)
    monkeypatch.setattr(memory, "BLAS_BUFFER_BYTES", 1 << 60)
    with pytest.raises(TooLargeError):
        compress_dataset(data, tiny_model, CompressOptions(), io.BytesIO())
    with pytest.raises(TooLargeError):
        decompress_archive(path, tiny_model)


# The command line of a process that has little more memory than it needs to start.
POOR = """
import resource, sys
import acncodec.codec, acncodec.models, acncodec.images, acncodec.exact.decoder, acncodec.compare
from acncodec_cli.main import main
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
main()
"""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("spare_mib", [1, 40, 80, 120])
def test_a_poor_process_ends_with_a_message_and_loses_nothing(
    tiny_model: FrozenModel, tmp_path: Path, spare_mib: int
) -> None:
    """OpenBLAS would ask for its buffer for ever."""
    source, target, model = tmp_path / "a.npz", tmp_path / "a.acn", tmp_path / "m.safetensors"
    np.savez(source, x=blobs(2000, 1)[:, 0])
    before = source.read_bytes()
    model.write_bytes(tiny_model.to_bytes())
    target.write_bytes(b"mine")
    line = ["compress", source, target, "--model", model, "-f", "--threads", "2"]
    done = subprocess.run(
        [sys.executable, "-c", POOR, str(spare_mib << 20), *map(str, line)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "not enough memory" in done.stderr and "Traceback" not in done.stderr
    assert (source.read_bytes(), target.read_bytes()) == (before, b"mine")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.acn", "a.npz", "m.safetensors"]
