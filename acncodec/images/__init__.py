"""Data sets of images: arrays in files, or folders of pictures; what is image, what side data.

Each name of `__init__.pyi` is imported when it is first asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
