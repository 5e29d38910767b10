"""Pages for everybody: light, without a log-in, for any phone and any television."""
