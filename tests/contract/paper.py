"""A ticket that every kind of printer is asked to print."""

from typing import Final

FIELDS: Final = {
    "hall": "德州市政务服务中心",
    "service": "纳税",
    "number": "A001",
    "ahead": "3",
    "qr": "http://192.0.2.1/t/1",
}
