"""Backups as files: what is in one, and how each of the two databases is written to one and read back."""
