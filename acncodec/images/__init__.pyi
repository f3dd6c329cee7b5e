# What the package exports, and where it is: read when a name is first asked for.
from .dataset import DataSet, SideArray, check_together
from .folder import load_folder
from .formats.idx import load_idx
from .formats.npy import raw_view, read_npy, write_npy
from .formats.npz import load_npz, save_in_parts, save_npz
from .from_arrays import mixed_from_arrays
from .load import load_any, load_dataset, open_any, open_dataset
from .mixed import MixedData
from .reading import MAX_BYTES
from .recognised import recognise
from .several import load_several, load_together
from .source import DataSource
from .spec import ImageSpec
from .stored import StoredData

__all__ = [
    "MAX_BYTES",
    "DataSet",
    "DataSource",
    "ImageSpec",
    "MixedData",
    "SideArray",
    "StoredData",
    "check_together",
    "load_any",
    "load_dataset",
    "load_folder",
    "load_idx",
    "load_npz",
    "load_several",
    "load_together",
    "mixed_from_arrays",
    "open_any",
    "open_dataset",
    "raw_view",
    "read_npy",
    "recognise",
    "save_in_parts",
    "save_npz",
    "write_npy",
]
