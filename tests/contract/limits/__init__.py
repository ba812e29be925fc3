"""What every store of limits promises: the suite, the twin that defines the meaning, and the state machine."""
