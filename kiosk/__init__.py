"""The touch screen: presenters decide, screens draw."""
