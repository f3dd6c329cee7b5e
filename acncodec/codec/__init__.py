"""Compress and decompress: where images, networks, order, stack and file meet."""

from acncodec.codec.any_set import (
    read_range,
    read_set,
    set_to_npz,
    verify_set,
    wanted_models,
)
from acncodec.codec.compress import check_fit, compress_dataset
from acncodec.codec.compress_set import compress_set
from acncodec.codec.decompress import assemble, check_header, check_memory, decompress_archive
from acncodec.codec.embedded import embedded_model, header_and_model
from acncodec.codec.expected import compress_seconds
from acncodec.codec.folders import check_archive, save_folder, set_to_folder
from acncodec.codec.options import CompressOptions
from acncodec.codec.ranges import ShardPart, decompress_range
from acncodec.codec.read_mixed import Run
from acncodec.codec.stats import NATS, CompressStats
from acncodec.codec.stream import Contents, decompress_to_npz, holds, verify_archive

__all__ = [
    "NATS",
    "CompressOptions",
    "CompressStats",
    "Contents",
    "Run",
    "ShardPart",
    "assemble",
    "check_archive",
    "check_fit",
    "check_header",
    "check_memory",
    "compress_dataset",
    "compress_seconds",
    "compress_set",
    "decompress_archive",
    "decompress_range",
    "decompress_to_npz",
    "embedded_model",
    "header_and_model",
    "holds",
    "read_range",
    "read_set",
    "save_folder",
    "set_to_folder",
    "set_to_npz",
    "verify_archive",
    "verify_set",
    "wanted_models",
]
