"""Work spread over all cores, with a progress bar on the way; results come back in the order of the tasks."""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")
R = TypeVar("R")


def spread(work: Callable[[T], R], tasks: Sequence[T], title: str, jobs: int | None = None) -> Iterator[R]:
    """Do `work` for each task, `jobs` at a time, or as many as there are cores."""
    console = Console(stderr=True)
    cores = min(jobs or os.cpu_count() or 1, len(tasks))
    if cores <= 1:
        yield from track(map(work, tasks), description=title, total=len(tasks), console=console)
        return
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        done: Iterable[R] = pool.imap(work, tasks)
        yield from track(done, description=title, total=len(tasks), console=console)
