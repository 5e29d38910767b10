"""`hallkeeper bench forecast` and `fairness`: who waits how long, and how well it was said before."""
