"""`hallkeeper bench days`: simulated days of all kinds of halls, every promise checked after every event."""
