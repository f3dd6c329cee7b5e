"""Fixtures that several rooms share: a tiny frozen model and images that suit it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny import BASELINES, blobs, copying_network, frozen

from acncodec.models import registry
from acncodec.models.frozen import FrozenModel
from acncodec.models.users import VARIABLE

pytest.register_assert_rewrite("contracts")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes by their length: their content may hold a time, and every process must name alike."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


@pytest.fixture(scope="session", autouse=True)
def nobodys_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoever runs the tests may have models of their own: no test finds them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tmp_path_factory.mktemp("own") / "models"))
        yield


@pytest.fixture
def only_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if no model was bundled for grey and for colour, so that others have what they take."""
    monkeypatch.setattr(registry, "bundled_names", lambda: ("mnist",))


@pytest.fixture(scope="session")
def tiny_model() -> FrozenModel:
    """A frozen model for 8x8 binary images."""
    return frozen(seed=1)


@pytest.fixture(scope="session")
def other_model() -> FrozenModel:
    """A second model that differs from `tiny_model`."""
    return frozen(seed=2)


@pytest.fixture(scope="session", params=BASELINES)
def baseline(request: pytest.FixtureRequest) -> FrozenModel:
    """A frozen model of each kind but an ACN, for 8x8 binary images."""
    return frozen(seed=1, kind=request.param)


@pytest.fixture(scope="session")
def copying_model() -> FrozenModel:
    """A model like `tiny_model`, in which near neighbours predict each other."""
    return frozen(1, network=copying_network)


@pytest.fixture
def images() -> NDArray[np.uint8]:
    """40 binary images, uint8 (40, 1, 8, 8)."""
    return blobs(40, seed=3)
