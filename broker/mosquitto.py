"""Mosquitto as this hall's broker: its configuration, its passwords, its access list, its version."""

import base64
import hashlib
import os
import pwd
import re
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from broker.access import acl
from broker.credentials import password
from broker.paho import MAX_PACKET_BYTES

Version = tuple[int, int, int]

FIRST_SOUND_VERSION: Final[Version] = (2, 0, 21)
"""From here on bursts of QoS 1 and expired messages were measured to pass as they should."""

MOST_QUEUED_MESSAGES: Final = 100_000
"""For each client that lags: the default of 1000 is dropped beyond without a word to the publisher."""
MOST_QUEUED_BYTES: Final = 64 * 1024 * 1024
LOG_BYTES: Final = 2_000_000
"""A log beyond this is put aside at the next start, in place of the one put aside before."""
ITERATIONS: Final = 101
"""As mosquitto_passwd does it; our passwords are 192 bits of chance and need no stretching."""


class MosquittoMissing(RuntimeError):
    """Mosquitto is not installed; the message says how to install it."""


def prepare(folder: Path, hall: str, host: str, port: int, rooms: Sequence[str]) -> Path:
    """Write what Mosquitto needs into the hall's folder and return the path of its configuration.

    Passwords that are there already are kept. Raises `OSError`, and `broker.access.UnknownRoom`.
    """
    place = folder / "broker"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    logs = folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    _put_aside(logs / "broker.log")
    _write(place / "passwords", "".join(f"{room}:{_hashed(password(folder, room))}\n" for room in rooms))
    _write(place / "access", acl(hall, rooms))
    config = place / "mosquitto.conf"
    _write(config, _configuration(place, logs / "broker.log", host, port))
    return config


def command(config: Path) -> list[str]:
    """The command line that runs Mosquitto in the foreground; raises `MosquittoMissing`."""
    program = _program()
    if program is None:
        raise MosquittoMissing("Mosquitto is not installed; type: apt-get install mosquitto")
    return [program, "-c", str(config)]


def version() -> Version | None:
    """Which Mosquitto is installed; None when there is none or it does not say."""
    program = _program()
    if program is None:
        return None
    try:
        told = subprocess.run([program, "-h"], capture_output=True, text=True, timeout=5, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"version (\d+)\.(\d+)\.(\d+)", told)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def faults(found: Version) -> list[str]:
    """What is known to be wrong with a version, a sentence each."""
    if found >= FIRST_SOUND_VERSION:
        return []
    name = ".".join(map(str, found))
    better = ".".join(map(str, FIRST_SOUND_VERSION))
    return [
        f"Mosquitto {name} can hold messages back after a burst, until the next message or reconnect; "
        f"rooms ask and send again, so nothing is lost, but {better} or later is faster then",
        f"Mosquitto {name} lets expired messages that wait for an absent room hold up live ones; "
        f"{better} or later does not",
    ]


def _program() -> str | None:
    # Debian puts it where an ordinary account's PATH does not look
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")


def _configuration(place: Path, log: Path, host: str, port: int) -> str:
    """Why each figure is what it is stands in docs/bus.md, "The broker"."""
    return f"""\
# Written anew by hallkeeper at each start: changes made here are lost.
listener {port} {host}
allow_anonymous false
password_file {place / "passwords"}
acl_file {place / "access"}
user {pwd.getpwuid(os.geteuid()).pw_name}

persistence true
persistence_location {place}/
autosave_on_changes false
autosave_interval 1
persistent_client_expiration 1d

set_tcp_nodelay true
max_queued_messages {MOST_QUEUED_MESSAGES}
max_queued_bytes {MOST_QUEUED_BYTES}
max_packet_size {MAX_PACKET_BYTES}

log_dest file {log}
log_type error
log_type warning
log_type notice
log_timestamp_format %Y-%m-%dT%H:%M:%S
"""


def _hashed(secret: str) -> str:
    """A line of mosquitto_passwd's: ``$7$`` is PBKDF2 with HMAC-SHA-512 (mosquitto_passwd(1))."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, ITERATIONS)
    return f"$7${ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _write(path: Path, text: str) -> None:
    """Replace a file at once, readable by its owner only."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def _put_aside(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))
