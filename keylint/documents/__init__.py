"""Decoded texts with their lines."""
