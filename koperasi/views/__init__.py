"""Pages that look across storeys, one module a subject."""
