"""The pickup's driver on a USB microphone: the kernel's snd-usb-audio, ALSA, PortAudio."""

import math
import struct

from devices.mic_monitor.driver import MicMonitor
from hallfile.devices import MicMonitor as Entry
from simulators.usb.hub import Hub
from simulators.usb.microphone import RATE, Microphone
from tests.contract.stand import standing
from tests.contract.usb_plugs import built
from tests.kernel.guest.plugs import folder, plugged_in

NAME = "Kernel test microphone"
FULL_SCALE_DB = 120.0
TONE_DB = 94.0


class Tone:
    """1 kHz at 94 dB, one period after the other."""

    def __init__(self) -> None:
        peak = 32768 * math.sqrt(2) * 10 ** ((TONE_DB - FULL_SCALE_DB) / 20)
        period = RATE // 1000
        samples = (round(peak * math.sin(2 * math.pi * n / period)) for n in range(period))
        self._period = struct.pack(f"<{period}h", *samples)
        self._at = 0

    def hear(self, count: int) -> bytes:
        """The next `count` samples."""
        start = self._at
        self._at = (start + 2 * count) % len(self._period)
        return (self._period * (2 + 2 * count // len(self._period)))[start : start + 2 * count]


async def usb() -> None:
    """Hear a tone, pull the plug, put it in again and hear it."""
    microphone, hub = Microphone(NAME, Tone().hear, serial="M1"), Hub.at()
    here = folder()
    entry = Entry(link=f"pcm:device={NAME}", counter="1", full_scale_db=FULL_SCALE_DB)
    async with standing(built(MicMonitor, here), entry, here) as stand:
        for _ in range(2):
            hub.plug(microphone.device)
            await plugged_in(hub, microphone.device)
            await stand.word("online")
            already = len(stand.readings)
            await stand.until(lambda seen, already=already: len(seen.readings) > already)
            level = stand.readings[-1].laeq_1s
            assert level is not None
            assert abs(level - TONE_DB) < 1.0, stand.readings
            hub.unplug(microphone.device)
            await stand.word("powerOff")
