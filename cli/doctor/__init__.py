"""`hallkeeper doctor`: what is missing or wrong on this machine, in this hall and on its wires."""
