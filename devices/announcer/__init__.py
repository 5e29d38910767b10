"""The loudspeaker: what is waiting to be said, how it is spoken, and where it sounds."""
