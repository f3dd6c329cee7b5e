"""Which families there are: the package's own, those that were registered, and those of plugins.

A plugin is an installed package with an entry point of the group `acncodec.families` that names a
`Family`. Plugins are loaded when a family is asked for that is not known without them, or when all
families are listed. One that cannot be loaded is a problem to tell of, never one of other families.
"""

from __future__ import annotations

import re
from threading import RLock
from typing import Final

from acncodec.errors import ModelError, TrainingError
from acncodec.families import (
    aae,
    acn,
    acn_resnet,
    acn_vq,
    autoencoder,
    causal_resnet,
    gated_levels,
    pixelcnn,
    pixelvae,
    placed_resnet,
    style,
    vae,
    vqvae,
)
from acncodec.families.config import ModelConfig
from acncodec.families.family import CAPABILITIES, LIKELIHOOD, Family, Preset

GROUP: Final = "acncodec.families"
LABEL = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Registry:
    """Families by name and by profile."""

    def __init__(self, *families: Family) -> None:
        self._families: dict[str, Family] = {}
        self._problems: list[str] = []
        self._plugins_loaded = False
        self._lock = RLock()
        for family in families:
            self.register(family)

    def register(self, family: Family) -> None:
        """Add a family; again is no harm.

        Raises `ModelError` if it is ill-formed, or another has its name, its profile or the name
        of one of its presets.
        """
        check_family(family)
        with self._lock:
            for other in self._families.values():
                if other == family:
                    return
                if other.name == family.name or other.profile == family.profile:
                    raise ModelError(
                        f"family {family.name} (profile {family.profile}): there is the family "
                        f"{other.name} (profile {other.profile}) already"
                    )
                both = {p.name for p in other.presets} & {p.name for p in family.presets}
                if both:
                    raise ModelError(
                        f"family {family.name}: there is a preset {min(both)} of {other.name}"
                    )
            self._families[family.name] = family

    def unregister(self, name: str) -> None:
        """Forget a family, if it is there."""
        with self._lock:
            self._families.pop(name, None)

    def all(self) -> tuple[Family, ...]:
        """Every family, plugins' among them, in the order in which they came."""
        self._load_plugins()
        return tuple(self._families.values())

    def problems(self) -> tuple[str, ...]:
        """What is wrong with plugins, a line each."""
        self._load_plugins()
        return tuple(self._problems)

    def find(self, *, name: str | None = None, profile: str | None = None) -> Family | None:
        """The family of this name, or of this profile; None if there is none."""
        found = self._known(name, profile)
        if found is None:
            self._load_plugins()
        return found or self._known(name, profile)

    def _known(self, name: str | None, profile: str | None) -> Family | None:
        for family in tuple(self._families.values()):
            if name in (None, family.name) and profile in (None, family.profile):
                return family
        return None

    def _load_plugins(self) -> None:
        from importlib.metadata import entry_points

        with self._lock:
            if self._plugins_loaded:
                return
            self._plugins_loaded = True
            for point in entry_points(group=GROUP):
                try:
                    family = point.load()
                    if not isinstance(family, Family):
                        raise ModelError(f"{point.value} is a {type(family).__name__}, no Family")
                    self.register(family)
                except Exception as error:  # noqa: BLE001 whatever a stranger's module raises
                    cause = " ".join(f"{type(error).__name__}: {error}".split())
                    self._problems.append(f"the plugin {point.name} cannot be used: {cause}")


def check_family(family: Family) -> None:
    """Raise `ModelError` unless name, profile, version, capabilities and presets make sense."""
    for label in (family.name, family.profile, *(preset.name for preset in family.presets)):
        if LABEL.fullmatch(label) is None:
            raise ModelError(f"family {family.name!r}: {label!r} is no name (a-z, 0-9, -)")
    unknown = family.capabilities - CAPABILITIES
    if unknown:
        known = ", ".join(sorted(CAPABILITIES))
        raise ModelError(
            f"family {family.name}: unknown capability {min(unknown)} (known: {known})"
        )
    if not issubclass(family.config, ModelConfig):
        raise ModelError(f"family {family.name}: its config is no ModelConfig")
    if family.can(LIKELIHOOD) != (family.likelihood is not None):
        raise ModelError(
            f"family {family.name}: a likelihood and the capability {LIKELIHOOD} go together"
        )
    if family.likelihood is None and family.renderer is None:
        raise ModelError(
            f"family {family.name}: neither a likelihood nor a renderer draws its images"
        )
    if family.since < 1:
        raise ModelError(f"family {family.name}: there is no format version {family.since}")


_registry = Registry(
    acn.FAMILY,
    pixelcnn.FAMILY,
    vae.FAMILY,
    pixelvae.FAMILY,
    causal_resnet.FAMILY,
    acn_resnet.FAMILY,
    gated_levels.FAMILY,
    autoencoder.FAMILY,
    aae.FAMILY,
    style.FAMILY,
    vqvae.FAMILY,
    acn_vq.FAMILY,
    placed_resnet.FAMILY,
)
register = _registry.register
unregister = _registry.unregister
families = _registry.all
problems = _registry.problems
find_family = _registry.find

BEFORE_FAMILIES: Final = acn.FAMILY.name
"""The family of checkpoints from before they said theirs: there was no other."""


def family_of_profile(profile: str) -> Family:
    """The family of a profile. Raises `ModelError` that names those there are, and what is wrong
    with plugins, of which one may be what was wanted."""
    family = find_family(profile=profile)
    if family is None:
        known = ", ".join(family.profile for family in families())
        causes = f"no family has the profile {profile[:64]!r} (known: {known})", *problems()
        raise ModelError("; ".join(causes))
    return family


def family_named(name: str) -> Family:
    """The family called `name`. Raises `ModelError` as `family_of_profile` does."""
    family = find_family(name=name)
    if family is None:
        known = ", ".join(family.name for family in families())
        causes = f"no family is called {name!r} (known: {known})", *problems()
        raise ModelError("; ".join(causes))
    return family


def presets() -> dict[str, tuple[Family, Preset]]:
    """The presets of all families by name, each with its family."""
    return {preset.name: (family, preset) for family in families() for preset in family.presets}


def find_preset(name: str) -> tuple[Family, Preset]:
    """The preset called `name`, and whose it is. Raises `TrainingError` if there is none."""
    known = presets()
    if name not in known:
        causes = f"no preset {name!r}; there are {', '.join(known)}", *problems()
        raise TrainingError("; ".join(causes))
    return known[name]
