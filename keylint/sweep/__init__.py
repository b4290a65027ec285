"""Many repositories: what they are, how each is examined, what is remembered of them, what they have in common."""
