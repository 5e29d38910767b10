"""A whole hall day in memory: people, clerks and chance around the pure core, without a bus or a process."""
