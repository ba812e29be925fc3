"""Parts of guards that have tests of their own."""
