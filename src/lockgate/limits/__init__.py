"""Where limits and budgets are counted: each folder is a store that passes `tests/contract/limits`."""
