"""One simulator per device: a state machine and its dialect, written from the protocols, not from drivers."""
