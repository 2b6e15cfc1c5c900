"""Measurements: what the product does, beside the least the database could do, in interleaved rounds of one run."""
