"""Compress and decompress: where images, networks, order, stack and file meet."""

from acncodec.codec.candidates import models_for
from acncodec.codec.compress import check_fit, compress_dataset
from acncodec.codec.compress_set import compress_set
from acncodec.codec.contents import Contents, ShardPart
from acncodec.codec.decoder import ModelsOf, installed
from acncodec.codec.folders import save_folder
from acncodec.codec.needed import embedded_models
from acncodec.codec.options import CompressOptions
from acncodec.codec.reader import Reader
from acncodec.codec.salvage import Loss
from acncodec.codec.stats import NATS, CompressStats
from acncodec.codec.verification import holds, verify_against
from acncodec.codec.written import Data
from acncodec.run.settings import Run

__all__ = [
    "NATS",
    "CompressOptions",
    "CompressStats",
    "Contents",
    "Data",
    "Loss",
    "ModelsOf",
    "Reader",
    "Run",
    "ShardPart",
    "check_fit",
    "compress_dataset",
    "compress_set",
    "embedded_models",
    "holds",
    "installed",
    "models_for",
    "save_folder",
    "verify_against",
]
