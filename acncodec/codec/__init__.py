"""Compress and decompress: where images, networks, order, stack and file meet."""

from acncodec.codec.compress import check_fit, compress_dataset
from acncodec.codec.decompress import assemble, check_header, check_memory, decompress_archive
from acncodec.codec.embedded import embedded_model, header_and_model
from acncodec.codec.options import CompressOptions
from acncodec.codec.ranges import ShardPart, decompress_range
from acncodec.codec.stats import NATS, CompressStats
from acncodec.codec.stream import Contents, decompress_to_npz, holds, verify_archive

__all__ = [
    "NATS",
    "CompressOptions",
    "CompressStats",
    "Contents",
    "ShardPart",
    "assemble",
    "check_fit",
    "check_header",
    "check_memory",
    "compress_dataset",
    "decompress_archive",
    "decompress_range",
    "decompress_to_npz",
    "embedded_model",
    "header_and_model",
    "holds",
    "verify_archive",
]
