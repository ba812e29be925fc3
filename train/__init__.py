"""Makes the injection guard's model from labelled texts, and measures it on families that it was not made from."""
