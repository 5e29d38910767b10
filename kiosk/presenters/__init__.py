"""What the screen decides: a model and something that happened give a new model and intents. Pure."""
