"""Images here and there: the shard that was looked at last is kept."""

from __future__ import annotations

from acncodec.codec.decoder import Decoder
from acncodec.codec.written import Part


class RandomAccess:
    """Images of an archive by their places.

    Of a shard that is looked at for the first time no more is decoded than is asked for; when it is
    looked at again, the whole of it, which is kept until another is. So images one after the other
    take twice the work of all at once, at the most.
    """

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._met: int | None = None
        self._kept: dict[int, Part] = {}

    def images(self, first: int, last: int) -> Part:
        """The images first..last, which are within the archive. Raises as `Reader` does."""
        shards, pieces = self._decoder.shards, self._decoder.pieces(first, last)
        asked = [
            (index, slice(0, shards.count(index)) if index == self._met else rows)
            for index, rows in pieces
            if index not in self._kept
        ]
        found: dict[int, Part] = {}
        if asked:
            with self._decoder.some(asked) as popped:
                found = dict(zip((index for index, _ in asked), popped.parts, strict=True))
        whole = {n: part for n, part in found.items() if len(part) == shards.count(n)} | self._kept
        if pieces:
            self._met = pieces[-1][0]
            self._kept = {self._met: whole[self._met]} if self._met in whole else {}
        return shards.joined(
            [whole[index][rows] if index in whole else found[index] for index, rows in pieces]
        )
