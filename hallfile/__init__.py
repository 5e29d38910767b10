"""One file describes one hall: its services, counters, rules and devices. Rules are data."""
