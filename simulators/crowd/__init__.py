"""The people of a simulated day: visitors, clerks, supervisors, and what goes wrong."""
