"""The devices of the hall: one room each, a shared kit, and the process that runs them all."""
