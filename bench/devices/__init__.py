"""`hallkeeper bench devices`: what a hall full of devices costs one process, and how soon each is back."""
