"""Where conversations with their tokens lie, sealed. A folder for each kind of store."""
