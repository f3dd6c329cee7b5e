"""The model file: safetensors, with config, name and card as JSON metadata (docs/FORMAT.md, 7)."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from acncodec.arithmetic.tensor_file import tensor_bytes
from acncodec.arithmetic.tensors import Tensors
from acncodec.errors import ModelError
from acncodec.families.config import ModelConfig
from acncodec.families.family import Family
from acncodec.families.registry import family_of_profile

MAX_METADATA = 1 << 20
FLOAT_PREFIX = "float."


@dataclass(frozen=True)
class ModelHead:
    """What a model file says of itself, without its tensors."""

    family: Family
    config: ModelConfig
    name: str
    card: dict[str, Any]


def pack_model(head: ModelHead, tensors: Tensors, floats: Mapping[str, NDArray[Any]]) -> bytes:
    """A model file of integer tensors and float weights."""
    about = {"config": head.config.to_json(), "name": head.name, "card": head.card}
    metadata = {"acncodec": json.dumps(about), "profile": head.family.profile}
    return tensor_bytes(tensors | {FLOAT_PREFIX + k: v for k, v in floats.items()}, metadata)


def read_head(path: Path | str) -> ModelHead:
    """What the model file at `path` says of itself. Raises `ModelError` if it is none."""
    with _opened(path) as file:
        return _head(path, file.metadata())


def read_parameters(path: Path | str) -> tuple[ModelHead, int]:
    """The same, and how many weights and biases the float networks have, by the header of the file
    alone. Raises `ModelError` if it is no model file."""
    with _opened(path) as file:
        head = _head(path, file.metadata())
        floats = (name for name in file.keys() if name.startswith(FLOAT_PREFIX))
        shapes = (file.get_slice(name).get_shape() for name in floats if "mixture" not in name)
        return head, sum(map(math.prod, shapes))


def read_id(path: Path | str) -> tuple[ModelHead, bytes]:
    """The same, and the model id. Its networks are neither built nor proved: whoever means to use
    the model loads it. Raises `ModelError` if it is no model file."""
    with _opened(path) as file:
        head = _head(path, file.metadata())
        names = (name for name in file.keys() if not name.startswith(FLOAT_PREFIX))
        return head, tensors_digest(head.family, head.config, names, file.get_tensor)


def read_model(path: Path | str) -> tuple[ModelHead, Tensors, dict[str, NDArray[Any]]]:
    """Head, integer tensors and float weights. Raises `ModelError` if it is no model file."""
    with _opened(path) as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        metadata = file.metadata()
    floats = {
        name.removeprefix(FLOAT_PREFIX): tensors.pop(name)
        for name in tuple(tensors)
        if name.startswith(FLOAT_PREFIX)
    }
    return _head(path, metadata), tensors, floats


def tensors_digest(
    family: Family, config: ModelConfig, names: Iterator[str], tensor: Callable[[str], NDArray[Any]]
) -> bytes:
    """The model id: SHA-256 over profile, config and integer tensors in order of name."""
    digest = hashlib.sha256(family.profile.encode())
    digest.update(json.dumps(config.to_json(), sort_keys=True, separators=(",", ":")).encode())
    for name in sorted(names):
        value = tensor(name)
        little = value.astype(value.dtype.newbyteorder("<"), copy=False)
        digest.update(f"\n{name} {value.dtype.name} {list(value.shape)}\n".encode())
        digest.update(little.tobytes())
    return digest.digest()


@contextmanager
def _opened(path: Path | str) -> Iterator[Any]:
    try:
        with safe_open(path, "np") as file:
            yield file
    except (OSError, SafetensorError, ValueError, TypeError, AttributeError) as error:
        # NumPy lacks some of the types that safetensors knows.
        raise ModelError(f"{path}: not a model file: {error}") from error


def _head(path: Path | str, metadata: Mapping[str, str] | None) -> ModelHead:
    metadata = metadata or {}
    text = metadata.get("acncodec", "")
    try:
        if "profile" not in metadata:
            raise ModelError("not a frozen model: it has no profile")
        family = family_of_profile(metadata["profile"])
        if len(text) > MAX_METADATA:
            raise ModelError(f"its metadata are longer than {MAX_METADATA:,} characters")
        about = json.loads(text)
        config = family.config.from_json(about["config"])
        name, card = about["name"], about["card"]
        if not isinstance(name, str) or not isinstance(card, dict):
            raise ModelError("name or card is ill-typed")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path}: bad metadata: {error}") from error
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
    return ModelHead(family, config, name, card)
