"""pygame, as the kiosk uses it: without its greeting, and without numpy, which it would load only for
arrays that nobody here needs (12 MB of memory).
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast


@contextmanager
def _left_out(module: str) -> Iterator[None]:
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
with _left_out("numpy"):
    import pygame
    import pygame.freetype

__all__ = ["pygame"]
