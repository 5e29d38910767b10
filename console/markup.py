"""Markup made of parts, as every page of this house is."""

from hallfile.markup import Html, el, join

__all__ = ["Html", "el", "join"]
