"""The .acn file: header, sections, what is in them; and output that is whole or not there."""

from acncodec.container.archive import Archive, ArchiveInfo
from acncodec.container.archive_file import ArchiveFile, read_archive, read_header, read_section
from acncodec.container.archive_writer import write_archive
from acncodec.container.duplicates import (
    find_duplicates,
    pack_counts,
    pack_inverse,
    unpack_counts,
    unpack_inverse,
)
from acncodec.container.folder_output import NewFolder, atomic_folder, check_folder_target
from acncodec.container.head import SIGNATURE
from acncodec.container.header import ORDERS, Header
from acncodec.container.headers import AnyHeader
from acncodec.container.labels import LabelTable, pack_tables, table_of, unpack_tables
from acncodec.container.mixed_header import MixedHeader
from acncodec.container.mixed_shard import MixedShard, Part
from acncodec.container.model_names import ModelName
from acncodec.container.output import atomic_output
from acncodec.container.sections import (
    FRAME_BYTES,
    ArchiveBytes,
    Section,
    SectionInfo,
    SectionType,
    archive_bytes,
)
from acncodec.container.shard_header import MAX_ALPHA, MAX_KERNEL, ShardHeader
from acncodec.container.side import pack_side, unpack_side
from acncodec.container.versions import CODERS, FORMAT_VERSION, STRATEGIES

__all__ = [
    "CODERS",
    "FORMAT_VERSION",
    "FRAME_BYTES",
    "MAX_ALPHA",
    "MAX_KERNEL",
    "ORDERS",
    "SIGNATURE",
    "STRATEGIES",
    "AnyHeader",
    "Archive",
    "ArchiveBytes",
    "ArchiveFile",
    "ArchiveInfo",
    "Header",
    "LabelTable",
    "MixedHeader",
    "MixedShard",
    "ModelName",
    "NewFolder",
    "Part",
    "Section",
    "SectionInfo",
    "SectionType",
    "ShardHeader",
    "archive_bytes",
    "atomic_folder",
    "atomic_output",
    "check_folder_target",
    "find_duplicates",
    "pack_counts",
    "pack_inverse",
    "pack_side",
    "pack_tables",
    "read_archive",
    "read_header",
    "read_section",
    "table_of",
    "unpack_counts",
    "unpack_inverse",
    "unpack_side",
    "unpack_tables",
    "write_archive",
]
