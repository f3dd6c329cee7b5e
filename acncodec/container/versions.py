"""Which format version first knew which name; a file uses none that its version does not know.

Arithmetic profiles are the families', which say themselves since when there are readers of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from acncodec.families.registry import find_family

FORMAT_VERSION: Final = 7
"""The newest version. Readers know every version from 1 to this one."""

WRITTEN_VERSION: Final = 2
"""The oldest version that is written: what it cannot say is written as of the version that can."""

STRATEGIES: Final[Mapping[str, int]] = {"iid": 1, "tour": 1, "set": 1, "urn": 2}
"""How a shard's schedule is built, each with its first version."""

UNORDERED: Final = frozenset({"set", "urn"})
"""Strategies that give the order of the images up, so that it costs nothing."""

CODERS: Final[Mapping[str, int]] = {"ans": 1, "torchac": 2}
"""Entropy coders, each with its first version."""

FEATURES: Final[Mapping[str, int]] = {
    "labels": 2,
    "any image": 3,
    "mixed set": 3,
    "embedded model": 4,
    "stored by pixels": 5,
    "stored in any order": 6,
    "stored palettes": 6,
}
"""What a file may call for beside these, each with its first version."""


def lowest_version(
    strategies: Iterable[str], coder: str, profile: str, features: Iterable[str] = ()
) -> int:
    """The lowest format version that has all of these.

    An unknown coder or profile counts as of version 1: whoever meets it refuses it by name.
    """
    family = find_family(profile=profile)
    return max(
        CODERS.get(coder, 1),
        1 if family is None else family.since,
        *(STRATEGIES[strategy] for strategy in strategies),
        *(FEATURES[feature] for feature in features),
    )
