"""The font files of this machine, asked of fontconfig."""

import logging
import subprocess
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

log = logging.getLogger(__name__)

MONOSPACED = "Noto Sans Mono CJK SC"
"""What the fonts inside printers and board controllers look like: a Latin letter is half a character wide."""


@lru_cache(maxsize=8)
def _file_of(family: str) -> tuple[str, int]:
    """The file of a font family and its place in a collection."""
    if "/" in family:
        return family, 0
    try:
        asked = ["fc-match", "--format=%{file}\n%{index}", family]
        found = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=True).stdout
        file, index = found.split("\n")
    except (OSError, ValueError, subprocess.SubprocessError):
        log.warning("fontconfig does not answer; looking for Noto CJK itself (apt-get install fontconfig)")
        noto = sorted(Path("/usr/share/fonts").rglob("NotoSansCJK-Regular.ttc"))
        return (str(noto[0]) if noto else family), 0
    return file, int(index)


@lru_cache(maxsize=16)
def font(family: str, size: int) -> ImageFont.FreeTypeFont:
    """A font of `size` pixels; raises `OSError` when there is no such font. Use it from one thread only."""
    file, index = _file_of(family)
    return ImageFont.truetype(file, size, index=index)
