"""The pages of the registry: door, ask, act, answer."""
