"""Places that secrets come from: each a folder that exports `plugin`, found by the registry."""
