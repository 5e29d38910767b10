"""Sound pickups: streams of samples at levels that are known (protocols.md 5.1; domain.md 6)."""
