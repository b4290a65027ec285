"""Rules: what must not be, written in YAML, judged on facts alone."""
