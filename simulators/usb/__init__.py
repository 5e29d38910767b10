"""Virtual USB devices: the simulated devices' machines behind USB descriptors, served by USB/IP."""
