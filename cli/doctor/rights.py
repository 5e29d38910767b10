"""May this account open a device file, and what to do when it may not."""

import grp
import os
import stat
from pathlib import Path


def missing_right(path: Path, usb: tuple[str, str] | None = None) -> str | None:
    """What to type so that this account may open `path`; None where it may already.

    `usb`: vendor and product as four hexadecimal digits each, where the file belongs to a USB device.
    Raises `OSError` when there is no such file.
    """
    if os.access(path, os.R_OK | os.W_OK):
        return None
    found = path.stat()
    group = _group(found.st_gid)
    if group != "root" and found.st_mode & stat.S_IRGRP and found.st_mode & stat.S_IWGRP:
        return f"add the account to its group: adduser $USER {group}, then log in anew"
    rule = udev_rule(path, usb)
    return (
        f"write this line into /etc/udev/rules.d/70-hallkeeper.rules: {rule} — "
        "then udevadm control --reload, and plug it in again"
    )


def udev_rule(path: Path, usb: tuple[str, str] | None) -> str:
    """The rule that gives a device file to the group of its kind."""
    if usb is not None:
        vendor, product = usb
        where = f'SUBSYSTEM=="usb", ATTR{{idVendor}}=="{vendor}", ATTR{{idProduct}}=="{product}"'
        return f'{where}, MODE="0660", GROUP="plugdev"'
    if path.is_relative_to("/dev/input"):
        return 'SUBSYSTEM=="input", KERNEL=="event*", MODE="0660", GROUP="input"'
    if path.is_relative_to("/dev/snd"):
        return 'SUBSYSTEM=="sound", MODE="0660", GROUP="audio"'
    return f'KERNEL=="{path.name}", MODE="0660", GROUP="dialout"'


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
