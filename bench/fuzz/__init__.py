"""`hallkeeper bench fuzz`: every codec under garbage, and what becomes of the good frames in it."""
