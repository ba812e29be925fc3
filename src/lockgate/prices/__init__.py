"""Lists of prices, each a folder."""
