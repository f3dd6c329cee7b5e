"""An .acn file written: a header, then all sections that it calls for and no others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO, Protocol

from acncodec.container.frames import write_framed
from acncodec.container.headers import AnyHeader
from acncodec.container.sections import (
    SectionType,
    check_payload,
    expected_sections,
    section_name,
)
from acncodec.errors import FormatError


class Payload(Protocol):
    """A section that is to be written: a `Section`, or one whose content is read for that."""

    @property
    def kind(self) -> int:
        """Its type."""
        ...

    @property
    def shard(self) -> int:
        """The shard it belongs to."""
        ...

    @property
    def length(self) -> int:
        """Bytes of its content."""
        ...

    @property
    def payload(self) -> bytes:
        """Its content; asked for once."""
        ...


def write_archive(file: BinaryIO, header: AnyHeader, sections: Sequence[Payload]) -> None:
    """Write an archive; the sections may come in any order.

    Raises:
        FormatError: a section is missing, superfluous, there twice, or of an unknown type.
    """
    by_key = {(section.kind, section.shard): section for section in sections}
    if len(by_key) < len(sections):
        raise FormatError("a section is there twice")
    chosen = []
    for key in expected_sections(header, with_side=(SectionType.SIDE, 0) in by_key):
        section = by_key.pop(key, None)
        if section is None:
            raise FormatError(f"{section_name(*key)} is missing")
        check_payload(header, section.kind, section.shard, section.length, None)
        chosen.append(section)
    for kind, shard in by_key:
        raise FormatError(f"{section_name(kind, shard)} does not belong here")
    file.write(header.to_bytes())
    for section in chosen:
        write_framed(file, section.kind, section.shard, section.payload)
