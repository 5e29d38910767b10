"""pygame and qrcode, as the kiosk uses them: without a greeting, and without the libraries they would load
for what nobody here needs (numpy 12 MB of memory, Pillow 4 MB).
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast


@contextmanager
def left_out(module: str) -> Iterator[None]:
    """Let `import module` fail for a while, unless it is loaded already."""
    loaded = module in sys.modules
    if not loaded:
        sys.modules[module] = cast(ModuleType, None)
    try:
        yield
    finally:
        if not loaded:
            del sys.modules[module]


os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
with left_out("numpy"):
    import pygame
    import pygame.freetype

__all__ = ["left_out", "pygame"]
