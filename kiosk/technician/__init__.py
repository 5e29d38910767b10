"""What a technician finds behind the screen; no page of a citizen's leads here."""
