"""Debian's stock kernel, fetched as a package and unpacked beside the tests, never installed."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

CACHE: Final = Path(__file__).parents[2] / "var" / "kernel-test"
META: Final = "linux-image-amd64"
"""The package that always names the newest kernel of this Debian."""
FETCH_S: Final = 120
NEEDED: Final = ("./boot/vmlinuz-*", "./lib/modules/*/kernel/*")


class Missing(Exception):
    """What the kernel test needs is not here; the message says what it is and how to get it."""


class Kernel:
    """An unpacked kernel: its image, and its modules by name."""

    def __init__(self, folder: Path) -> None:
        self.image = next((folder / "boot").glob("vmlinuz-*"))
        self._modules = {_name(file.stem): file for file in folder.glob("lib/modules/*/kernel/**/*.ko")}

    def modules(self, wanted: Iterable[str]) -> list[Path]:
        """The files of these modules and of all they depend on, in the order they can be loaded in.

        A module that is built into the kernel has no file and is left out.
        """
        order: dict[str, Path] = {}
        for name in wanted:
            self._require(_name(name), order)
        return list(order.values())

    def _require(self, name: str, order: dict[str, Path]) -> None:
        if name in order or name not in self._modules:
            return
        for needed in _depends(self._modules[name]):
            self._require(needed, order)
        order[name] = self._modules[name]


def kernel() -> Kernel:
    """The kernel, from the cache or from Debian's archive; raises `Missing`."""
    package = _run(["apt-cache", "depends", META])
    found = re.search(r"Depends: (linux-image-\S+)", package)
    if found is None:
        raise Missing(f"apt knows no {META}; type: apt-get update")
    folder = CACHE / found[1]
    if not folder.exists():
        _unpack(found[1], folder)
    return Kernel(folder)


def _unpack(package: str, folder: Path) -> None:
    """Whole or not at all: a fetch that was broken off leaves nothing that looks like a kernel."""
    CACHE.mkdir(parents=True, exist_ok=True)
    fetched = CACHE / "fetched"
    shutil.rmtree(fetched, ignore_errors=True)
    (fetched / "root").mkdir(parents=True)
    _run(["apt-get", "download", "-qq", package], fetched)
    archive = next(fetched.glob("*.deb"))
    unpacking = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE)
    with unpacking:
        tar = ["tar", "-x", "--wildcards", "-C", str(fetched / "root"), *NEEDED]
        subprocess.run(tar, stdin=unpacking.stdout, check=True, timeout=FETCH_S)
    if unpacking.returncode != 0:
        raise Missing(f"{archive.name} can't be unpacked; remove {CACHE} and try again")
    (fetched / "root").rename(folder)
    shutil.rmtree(fetched)


def _run(line: list[str], folder: Path | None = None) -> str:
    try:
        done = subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=FETCH_S, check=False)
    except FileNotFoundError:
        raise Missing(
            f"{line[0]} is missing: the kernel test needs Debian or one of its descendants"
        ) from None
    except subprocess.TimeoutExpired:
        raise Missing(f"`{' '.join(line)}` did not end within {FETCH_S} s; is there a network?") from None
    if done.returncode != 0:
        raise Missing(f"`{' '.join(line)}` failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _depends(module: Path) -> list[str]:
    told = re.search(rb"\0depends=([^\0]*)\0", module.read_bytes())
    return [_name(name) for name in told[1].decode().split(",") if name] if told else []


def _name(module: str) -> str:
    return module.replace("-", "_")
