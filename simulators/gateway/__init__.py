"""A simulated gateway for reminders, an SMS gateway or a city's own service: it sends nothing to anybody."""
