"""A Ray of one process: tasks are done when they are begun, and references hold what came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any


@dataclass(eq=False)
class Reference:
    """What came of something."""

    value: Any


class RayError(Exception):
    """As Ray's."""


class RayTaskError(RayError):
    """As Ray's."""


class OutOfMemoryError(RayError):
    """As Ray's."""


@dataclass(eq=False)
class Task:
    """What `remote` makes of a function."""

    function: Callable[..., Any]

    def options(self, **_options: Any) -> Task:
        return self

    def remote(self, *given: Any) -> Reference:
        return Reference(self.function(*given))


@dataclass(eq=False)
class FakeRay:
    """The functions that are called; nodes: their resources; cancelled: what was."""

    nodes_there: Sequence[dict[str, float]] = ()
    cancelled: list[Reference] = field(default_factory=list)
    exceptions: Any = field(
        default_factory=lambda: SimpleNamespace(
            RayError=RayError, RayTaskError=RayTaskError, OutOfMemoryError=OutOfMemoryError
        )
    )

    def put(self, value: Any) -> Reference:
        return Reference(value)

    def get(self, reference: Reference) -> Any:
        return reference.value

    def remote(self, function: Callable[..., Any]) -> Task:
        return Task(function)

    def wait(
        self, references: list[Reference], **_options: Any
    ) -> tuple[list[Reference], list[Any]]:
        return references, []

    def cancel(self, reference: Reference) -> None:
        self.cancelled.append(reference)

    def nodes(self) -> list[dict[str, Any]]:
        return [{"Alive": True, "Resources": one} for one in self.nodes_there]
