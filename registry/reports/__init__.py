"""Reads that count or join across rows of the registry."""
