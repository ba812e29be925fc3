"""What every memory of repeated requests promises."""
