"""The bus: every topic, every message and every connection of the hall. Imports no other room."""
