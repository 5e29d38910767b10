"""One simulator per device: a state machine and its wire dialect, written from the protocols, never from the drivers."""
