"""A monkey at the touch screen: random fingers and cards, failing devices, and promises that must hold."""

from kiosk.monkey.run import report

__all__ = ["report"]
