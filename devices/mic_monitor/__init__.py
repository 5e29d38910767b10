"""The sound pickups at the counters: levels only, no sample is ever kept or sent."""
