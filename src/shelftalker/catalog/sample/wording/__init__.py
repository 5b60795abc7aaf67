"""Word lists and sentence patterns that all kinds share."""
