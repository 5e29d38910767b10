"""Questions about the past, answered from the journal and never changing it."""
