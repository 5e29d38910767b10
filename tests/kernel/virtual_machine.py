"""A small virtual machine: a stock kernel, this machine's own files read-only, one program, then off.

QEMU emulates the processor in software, so it runs wherever the tests do; one processor, since two emulated
ones spend half their time on each other, and of a kind that numpy's wheels can run on. The guest mounts the
host's root over 9p, and so finds this checkout, its Python and its packages where they are on the host.
"""

import gzip
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.kernel.kernel_package import Missing, kernel

REPOSITORY: Final = Path(__file__).parents[2]
MEMORY_MB: Final = 1024
PATIENCE_S: Final = 240
"""The whole of it: booting, every test, switching off."""
TOOLS: Final = {
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "cpio": "cpio",
    "usbip": "usbip",
    "dpkg-deb": "dpkg",
}
"""Programs, and the Debian packages they come in."""
SEARCHED: Final = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
FIRST: Final = ("virtio_pci", "9pnet_virtio", "9p")
"""Modules without which there are no files."""
REST: Final = (
    *("evdev", "uinput", "vhci_hcd", "usbhid", "hid_generic", "cdc_acm", "usblp"),
    *("snd_usb_audio", "snd_aloop"),
)
MARK: Final = "@@result "
"""Begins a line of the console that is a test's result, in JSON."""

INIT: Final = """#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs devtmpfs /dev
dmesg -n 1
for module in {first}; do insmod /modules/$module; done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=262144 host /host
for module in {rest}; do insmod /modules/$module; done
cd /host
mount -t proc proc proc; mount -t sysfs sysfs sys; mount -t devtmpfs devtmpfs dev
mkdir -p dev/shm; mount -t tmpfs tmpfs dev/shm; mount -t tmpfs tmpfs run
mkdir run/tmp
ifconfig lo 127.0.0.1 up
cd /
chroot /host /usr/bin/env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/run TMPDIR=/run/tmp LANG=C.UTF-8 \\
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONPATH={repository} {program}
echo o > /proc/sysrq-trigger
sleep 60
"""


@dataclass(frozen=True)
class Ran:
    """What the guest has done."""

    results: dict[str, dict[str, Any]]
    """By test: outcome, seconds, detail."""
    console: str
    seconds: float


def check_tools() -> None:
    """Raise `Missing` for all that this machine lacks, together."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise Missing("the kernel test needs Linux on x86-64: the guest runs this machine's own programs")
    missing = sorted(
        {package for tool, package in TOOLS.items() if shutil.which(tool, path=SEARCHED) is None}
    )
    if missing:
        raise Missing(
            f"Debian packages are missing; type: apt-get install {' '.join(missing)} (or: tools/install dev)"
        )


def run(program: list[str], folder: Path) -> Ran:
    """Boot, run `program` as root in the guest, and switch off; raises `Missing`.

    What the machine is made of, and its console, are left in `folder`.
    """
    check_tools()
    stock = kernel()
    image = folder / "initramfs.gz"
    first, rest = stock.modules(FIRST), stock.modules((*FIRST, *REST))
    _initramfs(folder / "initramfs", image, first, [file for file in rest if file not in first], program)
    began = time.monotonic()
    console = _boot(stock.image, image, folder / "console.log")
    return Ran(dict(_results(console)), console, time.monotonic() - began)


def _initramfs(folder: Path, image: Path, first: list[Path], rest: list[Path], program: list[str]) -> None:
    for name in ("bin", "dev", "proc", "sys", "host", "modules"):
        (folder / name).mkdir(parents=True)
    busybox = shutil.which("busybox", path=SEARCHED)
    assert busybox is not None
    shutil.copy(busybox, folder / "bin" / "busybox")
    for module in (*first, *rest):
        shutil.copy(module, folder / "modules")
    init = INIT.format(
        first=" ".join(file.name for file in first),
        rest=" ".join(file.name for file in rest),
        repository=REPOSITORY,
        program=" ".join(program),
    )
    (folder / "init").write_text(init, encoding="utf-8")
    (folder / "init").chmod(0o755)
    names = "\n".join(str(path.relative_to(folder)) for path in sorted(folder.rglob("*")))
    packing = subprocess.run(
        ["cpio", "--create", "--format=newc", "--quiet"],
        cwd=folder,
        input=names.encode(),
        capture_output=True,
        check=True,
    )
    image.write_bytes(gzip.compress(packing.stdout, 1))


def _boot(kernel_image: Path, initramfs: Path, log: Path) -> str:
    """Run the machine until it switches itself off, or its time is over; returns its console."""
    line = [
        *("qemu-system-x86_64", "-machine", "q35", "-accel", "tcg", "-cpu", "Nehalem"),
        *("-smp", "1", "-m", str(MEMORY_MB), "-nodefaults", "-no-reboot", "-display", "none", "-nic", "none"),
        *("-kernel", str(kernel_image), "-initrd", str(initramfs)),
        *("-append", "console=ttyS0 quiet loglevel=1 panic=-1 mitigations=off"),
        *("-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"),
        *("-serial", f"file:{log}"),
    ]
    with subprocess.Popen(line, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as machine:
        try:
            _, complaints = machine.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            complaints = f"the machine was switched off: it had not ended after {PATIENCE_S} s"
        finally:
            machine.kill()
    console = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return console + complaints


def _results(console: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in console.splitlines():
        _, mark, told = line.partition(MARK)
        if mark:
            result = json.loads(told)
            yield result["test"], result
