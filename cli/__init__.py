"""The program `hallkeeper`."""
