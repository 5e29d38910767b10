"""The controller of the hall: a pure core, its journal, and the shell around them."""
