"""The wrapping of MIAXIS readers, at the reader's end: SAM_V frames in HID reports (protocols.md 1.8)."""

from typing import Final

REPORT: Final = 64
_FROM_HOST, _TO_HOST, _SAM = 0x88, 0xAA, 0xB1
_LONGEST_REQUEST: Final = 512


def opened(message: bytes) -> bytes | None:
    """The SAM frame in a whole message, b"" when there is none in it; None: more is to come."""
    if len(message) < 6 or message[0] != _FROM_HOST:
        return b""
    length = message[3] + 256 * message[4]
    if not 1 <= length <= _LONGEST_REQUEST:
        return b""
    if len(message) < 7 + length:
        return None
    total = sum(message[3 : 5 + length]) % 65536
    right = message[5 + length] + 256 * message[6 + length] == total
    return message[6 : 5 + length] if right and message[5] == _SAM else b""


def closed(frame: bytes) -> list[bytes]:
    """The reports that bring `frame` to the host: result 0, two bytes, the frame, the sum."""
    length = 3 + len(frame)
    counted = bytes([length % 256, length // 256, 0, 0, 0]) + frame
    total = sum(counted) % 65536
    message = bytes([_TO_HOST, 0, 0]) + counted + bytes([total % 256, total // 256])
    message += bytes(-len(message) % REPORT)
    return [message[at : at + REPORT] for at in range(0, len(message), REPORT)]
