"""Compress and decompress: where images, networks, order, stack and file meet.

Each name of `__init__.pyi` is imported when it is first asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
