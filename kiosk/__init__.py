"""The touch screen: presenters decide, screens draw."""

import os

# pygame prints a greeting when it is imported, and a log is no place for it
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
