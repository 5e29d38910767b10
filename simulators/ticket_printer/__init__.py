"""A thermal ticket printer: ESC/POS in, paper out (protocols.md section 2)."""
