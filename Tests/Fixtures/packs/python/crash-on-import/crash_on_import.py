"""Raises while it is imported."""

raise RuntimeError("this pack never loads")
