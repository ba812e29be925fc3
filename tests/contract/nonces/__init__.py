"""What every memory against replays promises."""
