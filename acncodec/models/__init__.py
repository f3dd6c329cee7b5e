"""The models that come with the package, each with a card, and how one is found."""

from acncodec.models.registry import (
    bundled_names,
    bundled_path,
    find_all_for,
    find_by_id,
    find_by_name_or_path,
    find_for_data,
    find_needed,
    read_card,
)

__all__ = [
    "bundled_names",
    "bundled_path",
    "find_all_for",
    "find_by_id",
    "find_by_name_or_path",
    "find_for_data",
    "find_needed",
    "read_card",
]
