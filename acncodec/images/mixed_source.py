"""A set of several classes of images: what compression needs of it, and all that have it.

MixedData       all in memory
StoredMixed     the pictures of a folder, where they lie
OneClass        a set of one shape, wherever it is
MixedWindow     some of the images of such a set
"""

from __future__ import annotations

from acncodec.images.mixed import MixedData
from acncodec.images.mixed_window import MixedWindow
from acncodec.images.stored_mixed import OneClass, StoredMixed

MixedSource = MixedData | StoredMixed | OneClass | MixedWindow
"""Each has the classes, members, `take`, and all else."""
