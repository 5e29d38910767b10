"""An Onbon BX-5K/6K font card and the board it lights (protocols.md 4.2)."""
