"""The models that come with the package, each with a card, the user's own, and how one is found."""

from acncodec.models.registry import (
    bundled_names,
    bundled_path,
    find_all_for,
    find_by_id,
    find_by_name_or_path,
    find_for_data,
    find_needed,
    model_path,
    read_card,
)
from acncodec.models.users import users_folder, users_names, users_path

__all__ = [
    "bundled_names",
    "bundled_path",
    "find_all_for",
    "find_by_id",
    "find_by_name_or_path",
    "find_for_data",
    "find_needed",
    "model_path",
    "read_card",
    "users_folder",
    "users_names",
    "users_path",
]
