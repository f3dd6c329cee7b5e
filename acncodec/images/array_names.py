"""What an array may be called."""

from __future__ import annotations

from acncodec.errors import DataError

_MAX_NAME_BYTES = 65_531  # a zip name holds 65,535 bytes; ".npy" takes four


def check_name(name: object) -> None:
    """Refuse a name that no .npz can hold.

    Raises:
        DataError: `name` is no string, too long, not Unicode, or has a NUL in it.
    """
    if not isinstance(name, str):
        raise DataError(f"an array's name must be a string, not {type(name).__name__}")
    try:
        encoded = name.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataError(f"the array name {name!r} is not valid Unicode") from error
    if len(encoded) > _MAX_NAME_BYTES:
        raise DataError(f"an array's name takes {len(encoded)} bytes, more than {_MAX_NAME_BYTES}")
    if b"\0" in encoded:
        raise DataError(f"the array name {name!r} has a NUL in it")
