# What the package exports, and where it is: read when a name is first asked for.
from .candidates import models_for
from .compress import check_fit, check_priced, compress_dataset
from .contents import Contents, ShardPart
from .decoder import ModelsOf, installed
from .decompress import decompress_archive
from .expected import compress_seconds
from .folders import save_folder
from .needed import embedded_models
from .options import CompressOptions
from .reader import Reader
from .salvage import Loss
from .stats import NATS, CompressStats
from .verification import holds, verify_against
from .written import Data

__all__ = [
    "NATS",
    "CompressOptions",
    "CompressStats",
    "Contents",
    "Data",
    "Loss",
    "ModelsOf",
    "Reader",
    "ShardPart",
    "check_fit",
    "check_priced",
    "compress_dataset",
    "compress_seconds",
    "decompress_archive",
    "embedded_models",
    "holds",
    "installed",
    "models_for",
    "save_folder",
    "verify_against",
]
