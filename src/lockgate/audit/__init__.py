"""The audit log: chained lines, group commit, a signed tree over all writers, and what proves that nothing was changed."""
