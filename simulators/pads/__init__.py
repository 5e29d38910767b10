"""Rating pads and call pads: USB keypads, seen through Linux's input events (protocols.md 3.2)."""
