"""What every simulator is built from: the device's end of a wire, controls for a hand, a place on the bus."""
