"""Words people read: the core's catalogue in bokmål, nynorsk and English."""
