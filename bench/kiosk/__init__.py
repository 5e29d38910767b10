"""The touch screen under measurement: a process of its own, drawn into SDL's dummy display."""
