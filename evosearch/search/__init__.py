"""The search itself: one generation in `engine`, what it may spend, whom it asks next, and what it tells."""
