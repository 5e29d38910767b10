"""USB without a kernel driver: which interface of a device speaks, and how bytes ride on its endpoints."""
