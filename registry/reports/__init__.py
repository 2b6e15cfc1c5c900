"""What counts across rows of the registry: pure reads, plain values."""
