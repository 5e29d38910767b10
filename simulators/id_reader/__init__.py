"""A resident-ID-card reader with a SAM_V module (protocols.md section 1)."""
