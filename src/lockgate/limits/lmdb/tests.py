"""What is only true of the store in LMDB: its file, and the machine under it."""
