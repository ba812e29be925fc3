"""What every store of tokens has to keep."""
