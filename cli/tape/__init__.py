"""Recording what goes over a link, and playing it back to either side."""
