"""Use cases on stored things: keys to issue, rotate and revoke."""
