"""The training of the injection guard."""
