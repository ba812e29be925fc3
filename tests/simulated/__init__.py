"""A worker and its clients without a processor, a disk or a network, in a time that only passes when something is done."""
