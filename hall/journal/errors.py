"""What can be wrong with a journal."""


class JournalBroken(Exception):
    """It can't be worked with; the message says which file, what is wrong, and what to do."""


class JournalUnavailable(Exception):
    """Nothing could be written just now (disk full, input/output error); nothing was."""
