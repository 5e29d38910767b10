"""Figures as a person says them: keys of the catalogue with their values."""

Words = tuple[str, dict[str, object]]
"""A key of the catalogue and what to put in."""


def ahead_words(ahead: int | None) -> Words:
    """How many people are in front."""
    if ahead is None:
        return "ahead.unknown", {}
    return (
        ("ahead.none", {}) if ahead == 0 else ("ahead.one" if ahead == 1 else "ahead.some", {"count": ahead})
    )
