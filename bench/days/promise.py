"""A promise that must be kept after every event, and what is said when it is not."""


class Broken(AssertionError):
    """A promise is not kept; `invariant` names it."""

    def __init__(self, invariant: str, how: str) -> None:
        super().__init__(f"{invariant}: {how}")
        self.invariant = invariant


def hold(promise: bool, invariant: str, how: str = "") -> None:
    """Raise `Broken` unless the promise is kept."""
    if not promise:
        raise Broken(invariant, how)
