"""Too little memory is an error of the package's own, raised before anything waits for it."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from reading import decoded
from tiny import blobs, frozen

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.errors import TooLargeError
from acncodec.images import load_dataset
from acncodec.images.recognised import recognise
from acncodec.models.frozen import FrozenModel
from acncodec.run import memory


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
        decoded(path, tiny_model)
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
        decoded(path, tiny_model)


# The command line of a process that has little more memory than it needs to start.
POOR = """
import resource, sys
import acncodec.codec, acncodec.models, acncodec.images, acncodec.codec.compare
import acncodec.parts.gated_pixelcnn.exact
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


# The command line of a process that may take so many bytes beside what it has once it has coded.
# Mapped files and libraries do not count, only memory of its own.
CAPPED = """
import io, resource, sys
from pathlib import Path
import numpy as np
from acncodec.codec import CompressOptions, Reader, compress_dataset
from acncodec.models.frozen import FrozenModel
from acncodec.images.recognised import recognise
from acncodec_cli.main import main
spare, model = int(sys.argv.pop(1)), FrozenModel.load(Path(sys.argv[sys.argv.index("--model") + 1]))
warm = recognise({"x": np.eye(4096, dtype=np.uint8)[:4].reshape(4, 64, 64)})
path = Path("warm.acn")
with path.open("wb") as file:
    compress_dataset(warm, model, CompressOptions(threads=1, shard_size=2), file)
with Reader(path, [model]) as archive:
    archive.read()
    del archive
path.unlink()
del warm
(used,) = (line for line in open("/proc/self/status") if line.startswith("VmData"))
limit = int(used.split()[1]) * 1024 + spare
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
main()
"""
SPARE_BYTES = 190 << 20
SIDE = 64


@pytest.mark.timeout(240)
def test_a_data_set_larger_than_the_memory_streams_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice the memory that is given; in one shard there is not enough."""
    monkeypatch.chdir(tmp_path)
    Path("model.safetensors").write_bytes(frozen(1, height=SIDE, width=SIDE).to_bytes())
    count, step = 104_000, 8_000
    assert count * SIDE * SIDE > 2 * SPARE_BYTES
    drawn = blobs(count // step, 2, SIDE)[:, 0]
    images = np.lib.format.open_memmap("data.npy", "w+", np.uint8, (count, SIDE, SIDE))
    images[::step] = drawn  # the others are black, and take no place on the disk
    images.flush()

    def run(*line: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", CAPPED, str(SPARE_BYTES), "-q", *line, "--threads", "1"]
        return subprocess.run(
            [*command, "--model", "model.safetensors"], capture_output=True, text=True, check=False
        )

    whole = run("compress", "data.npy", "a.acn")
    assert whole.returncode == 1 and "not enough memory" in whole.stderr
    for line in (
        ("compress", "data.npy", "a.acn", "--shard-size", "2000"),
        ("decompress", "a.acn", "b.npz"),
    ):
        done = run(*line)
        assert done.returncode == 0, done.stderr
    with zipfile.ZipFile("b.npz") as archive, archive.open("x.npy") as stream:
        assert np.lib.format.read_magic(stream) == (1, 0)
        assert np.lib.format.read_array_header_1_0(stream) == ((count, SIDE, SIDE), False, np.uint8)
        for index in range(count // step):
            block = np.frombuffer(stream.read(step * SIDE * SIDE), np.uint8)
            assert np.array_equal(block[: SIDE * SIDE].reshape(SIDE, SIDE), drawn[index])
            assert not block[SIDE * SIDE :].any()
        assert not stream.read(1)
