"""What has to be true after any run, whatever broke in it: read from the histories of clients, upstream and gateway."""
