"""The commands, one file each: `add` puts the file's command on the command line."""
