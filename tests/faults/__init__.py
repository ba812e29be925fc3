"""Every row of the list of faults, by its id."""
