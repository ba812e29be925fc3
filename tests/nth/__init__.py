"""The N-th call to a port fails, for every N, in every way: as SQLite is tested."""
