"""What a part says of itself: which of how many, of which set, compressed how.

It is the last of the part's arrays, `acncodec-part`: the bytes of a JSON object. So a part is an
archive like any other, which every reader reads.

    part, of         its number, from 1, and how many there are
    first, images    the number of its first image in the whole set, and how many that has
    set              a digest of that set, hexadecimal
    options          what was asked for, as far as all parts must agree
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from acncodec.container.shard_header import MAX_COUNT, MAX_SHARDS
from acncodec.container.strict import Fields, check_int, check_label, parse_object
from acncodec.errors import FormatError
from acncodec.images import SideArray

ARRAY: Final = "acncodec-part"
MAX_BYTES: Final = 1 << 16
MAX_IMAGES: Final = MAX_COUNT * MAX_SHARDS

Options = Mapping[str, str | int]


@dataclass(frozen=True)
class Part:
    """One of the parts of a set; see above for the fields, of which `number` is `part` and `whole`
    is `set`.

    Raises:
        FormatError: a field is out of its range.
    """

    number: int
    of: int
    first: int
    images: int
    whole: str
    options: Options

    def __post_init__(self) -> None:
        check_int(self.of, "the number of parts", 1, MAX_SHARDS)
        check_int(self.number, "the number of a part", 1, self.of)
        check_int(self.images, "the images of all parts", 0, MAX_IMAGES)
        check_int(self.first, "the first image of a part", 0, self.images)
        check_label(self.whole, "the digest of a set")
        for name, value in self.options.items():
            check_label(name, "the name of an option")
            if type(value) is not int:
                check_label(value, "the value of an option")

    @property
    def name(self) -> str:
        """`part 2 of 5`."""
        return f"part {self.number} of {self.of}"

    def to_side(self) -> SideArray:
        """The array that says so."""
        fields = {
            "part": self.number, "of": self.of, "first": self.first, "images": self.images,
            "set": self.whole, "options": dict(sorted(self.options.items())),
        }  # fmt: skip
        text = json.dumps(fields, separators=(",", ":")).encode()
        return SideArray(ARRAY, np.frombuffer(text, np.uint8), aligned=False)


def part_among(side: Sequence[SideArray]) -> Part | None:
    """The part that the last of some arrays says, or None if it says none.

    Raises `FormatError` where it is malformed.
    """
    if not side or side[-1].name != ARRAY or side[-1].aligned:
        return None
    array = side[-1].array
    if array.dtype != np.uint8 or array.ndim != 1 or len(array) > MAX_BYTES:
        raise FormatError(f"the array {ARRAY!r} is {array.dtype} {array.shape}, and no text")
    fields = Fields(parse_object(array.tobytes()), f"the array {ARRAY!r}")
    taken = [fields.take(key) for key in ("part", "of", "first", "images")]
    number, of, first, images = (check_int(one, "a number", 0, MAX_IMAGES) for one in taken)
    whole = check_label(fields.take("set"), "the digest of a set")
    options = fields.take("options")
    fields.finish()
    if not isinstance(options, dict):
        raise FormatError(f"the options in {ARRAY!r} are no object")
    return Part(number, of, first, images, whole, options)
