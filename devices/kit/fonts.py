"""Finding the hall's font, for what a device can't write by itself."""

import subprocess
from functools import cache
from pathlib import Path


@cache
def find_font(font: str, beside: Path) -> tuple[Path, int] | None:
    """The file of `font` (a family fontconfig knows, or a path beside the hall file) and the face in it."""
    if "/" in font:
        path = beside / font
        return (path, 0) if path.is_file() else None
    try:
        found = subprocess.run(
            ["fc-match", "-f", "%{file}\n%{index}", font],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
        file, index = found.stdout.split("\n")
        return Path(file), int(index)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
