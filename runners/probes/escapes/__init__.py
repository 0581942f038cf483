"""The groups of attempts; importing one registers what it tries."""
