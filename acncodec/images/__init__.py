"""Data sets of images: arrays in files, or folders of pictures; what is image, what side data."""

from __future__ import annotations

from acncodec.images.dataset import DataSet, SideArray, check_together
from acncodec.images.folder import load_folder
from acncodec.images.formats.idx import load_idx
from acncodec.images.formats.npy import raw_view, read_npy, write_npy
from acncodec.images.formats.npz import load_npz, save_in_parts, save_npz
from acncodec.images.from_arrays import mixed_from_arrays
from acncodec.images.load import load_any, load_dataset, open_any, open_dataset
from acncodec.images.mixed import MixedData
from acncodec.images.reading import MAX_BYTES
from acncodec.images.recognise import recognise
from acncodec.images.several import load_several
from acncodec.images.source import DataSource
from acncodec.images.spec import ImageSpec
from acncodec.images.stored import StoredData

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
