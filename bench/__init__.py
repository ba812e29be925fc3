"""Speed and size of the gateway beside nginx as a plain proxy, on the same machine in the same run. Never a test."""
