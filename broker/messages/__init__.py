"""The messages of the hall: frozen, typed, versioned; JSON on the wire."""
