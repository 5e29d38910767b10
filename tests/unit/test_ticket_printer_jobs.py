"""The book of jobs: one job never puts out two tickets, also across a restart."""

from pathlib import Path

from devices.ticket_printer.jobs import CUT_SHORT, Ended, JobBook

AT = "2026-11-20T09:00:00+08:00"
LATER = "2026-11-20T10:00:00+08:00"


def test_a_job_that_was_begun_and_never_ended_is_unknown(tmp_path: Path) -> None:
    book = JobBook(tmp_path / "devices.db", "p1")
    assert book.known("j1") is None
    book.begin("j1", "c1", AT)
    book.close()
    again = JobBook(tmp_path / "devices.db", "p1")
    assert again.known("j1") == CUT_SHORT
    assert again.commands() == {"c1": CUT_SHORT}
    again.close()


def test_a_printed_job_stays_printed_and_a_failed_one_may_be_tried_again(tmp_path: Path) -> None:
    book = JobBook(tmp_path / "devices.db", "p1")
    for job, ended in (
        ("j1", Ended("printed")),
        ("j2", Ended("failed", "paper_out")),
        ("j3", Ended("unknown", "link_lost")),
    ):
        book.begin(job, f"c-{job}", AT)
        book.end(job, ended)
    assert book.known("j1") == Ended("printed")
    assert book.known("j2") is None
    assert book.known("j3") == Ended("unknown", "link_lost")
    assert book.commands()["c-j2"] == Ended("failed", "paper_out")
    book.begin("j2", "c9", LATER)
    assert book.known("j2") == CUT_SHORT
    book.close()


def test_printers_keep_their_own_jobs_and_forget_old_ones(tmp_path: Path) -> None:
    first, second = JobBook(tmp_path / "d.db", "p1"), JobBook(tmp_path / "d.db", "p2")
    first.begin("j1", "c1", AT)
    second.begin("j1", "c2", LATER)
    assert second.commands() == {"c2": CUT_SHORT}
    first.forget_before(LATER)
    second.forget_before(LATER)
    assert first.known("j1") is None
    assert second.known("j1") == CUT_SHORT
    first.close()
    second.close()
