"""`hallkeeper sim`: the simulators as a room, and a hand at those of a running hall."""
