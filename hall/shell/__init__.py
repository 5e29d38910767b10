"""The shell around the core: the bus, the clock and the journal."""
