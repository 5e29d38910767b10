"""QR codes and pictures as bytes, encoded by python-escpos (protocols.md 2.6 says for what it is to be used).

The library is loaded when the first `Symbols` is made: a printer's driver makes its own as it starts, so that
no ticket waits for it.
"""

import os
import sys
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_ROWS: Final = 256
"""protocols.md 2.4: raster rows a block, for printers with small buffers."""
LEVEL_M: Final = 1
"""python-escpos's number for error correction level M."""
DATABASE: Final = "ESCPOS_CAPABILITIES_FILE"
"""The variable by which python-escpos is told of another database of printers."""
NO_PRINTERS: Final = "profiles: {default: {codePages: {}}}\nencodings: {}\n"
"""In place of its database of printers, which takes a third of a second to load and is not used here."""


class Symbols:
    """An encoder of what is not text, for a head of `dots` dots."""

    def __init__(self, dots: int) -> None:
        profile_of, dummy_of = _library()
        profile = profile_of()
        profile.profile_data = {**profile.profile_data, "media": {"width": {"pixels": dots}}}
        self._dummy = dummy_of(profile=profile)

    def qr(self, data: bytes, module: int) -> bytes:
        """GS ( k: a QR code, model 2, error correction M, `module` dots (1–16) a square."""
        self._dummy.clear()
        self._dummy.qr(data.decode(), ec=LEVEL_M, size=module, native=True)
        return bytes(self._dummy.output)

    def raster(self, width_bytes: int, rows: bytes) -> bytes:
        """GS v 0: dots, `width_bytes` bytes a row, leftmost dot in the highest bit, 1 is black."""
        from PIL import Image

        size = (width_bytes * 8, len(rows) // width_bytes)
        # a picture's black is 0, and "1;I" turns it about
        picture = Image.frombytes("1", size, _without_commands(rows), "raw", "1;I")
        self._dummy.clear()
        self._dummy.image(picture, impl="bitImageRaster", fragment_height=MOST_ROWS)
        return bytes(self._dummy.output)


def qr_picture(data: bytes, module: int) -> "Image":
    """A QR code as dots, for printers that make none themselves; 1 is black."""
    import qrcode
    from PIL import Image

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(data)
    code.make(fit=True)
    squares = code.get_matrix()
    picture = Image.new("1", (len(squares), len(squares)))
    picture.putdata([dark for row in squares for dark in row])
    return picture.resize((len(squares) * module, len(squares) * module))


def _without_commands(dots: bytes) -> bytes:
    """One dot more wherever dots would read as a real-time command: printers obey it even inside an image."""
    for second in (0x04, 0x05, 0x14):
        dots = dots.replace(bytes((0x10, second)), bytes((0x10, second | 0x08)))
    return dots


@cache
def _library() -> tuple[Any, Any]:
    """python-escpos's `Profile` and `Dummy`, imported without its printer database.

    What it reads from the environment and leaves in the folder for temporary files it does the moment it is
    imported: so it is given a folder that goes away, with a database that holds nothing.
    """
    if "escpos.capabilities" not in sys.modules:
        usual_folder, usual_database = tempfile.tempdir, os.environ.get(DATABASE)
        with tempfile.TemporaryDirectory() as folder:
            database = Path(folder) / "capabilities.yaml"
            database.write_text(NO_PRINTERS, encoding="ascii")
            tempfile.tempdir, os.environ[DATABASE] = folder, str(database)
            try:
                import_module("escpos.printer")
            finally:
                tempfile.tempdir = usual_folder
                del os.environ[DATABASE]
                if usual_database is not None:
                    os.environ[DATABASE] = usual_database
    return import_module("escpos.capabilities").Profile, import_module("escpos.printer").Dummy
