"""The guest's tests, one after the other in one process; each tells the console how it ended."""

import asyncio
import json
import logging
import sys
import time
import traceback
from importlib import import_module
from typing import Final

from tests.kernel.virtual_machine import MARK

TESTS: Final = {
    "a_pad_made_by_uinput": "pads:made_by_uinput",
    "a_pad_that_is_a_usb_keyboard": "pads:usb_keyboard",
    "a_usb_printer_through_libusb": "printers:through_libusb",
    "a_usb_printer_through_usblp": "printers:through_usblp",
    "an_id_reader_with_two_pairs_of_endpoints": "readers:split",
    "an_id_reader_with_one_pair": "readers:single",
    "an_id_reader_wrapped_in_hid": "readers:hid",
    "an_id_reader_on_a_cdc_port": "readers:cdc_port",
    "a_usb_microphone_through_alsa": "microphones:usb",
}
"""By name, the function that does it."""
LONGEST_S: Final = 70.0


def main(names: list[str]) -> None:
    """Run the tests with these names and print their results."""
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)6d ms %(message)s")
    for name in names:
        began = time.monotonic()
        try:
            asyncio.run(_bounded(TESTS[name]))
        except BaseException:
            _tell(name, "failed", began, traceback.format_exc())
        else:
            _tell(name, "passed", began, "")


async def _bounded(place: str) -> None:
    module, _, function = place.partition(":")
    test = getattr(import_module(f"tests.kernel.guest.{module}"), function)
    async with asyncio.timeout(LONGEST_S):
        await test()


def _tell(name: str, outcome: str, began: float, detail: str) -> None:
    result = {"test": name, "outcome": outcome, "seconds": time.monotonic() - began, "detail": detail}
    sys.stdout.write(f"\n{MARK}{json.dumps(result)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
