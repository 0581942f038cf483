"""Loads, but is no pack."""

ANSWER = 42
