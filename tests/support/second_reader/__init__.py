"""A second reader of .acn archives, written from docs/FORMAT.md alone: slow, plain, independent.

It shares no code with the package, so that the two agree only if the page says enough. Numbers in
comments are sections of that page. Standard library and NumPy's 64-bit integers, nothing else.
"""

from second_reader.archive import read
from second_reader.fields import Malformed

__all__ = ["Malformed", "read"]
