"""What is drawn: a model and a catalogue give a tree of widgets, and the painter paints it."""
