"""The built-in upstream that needs no key and no network, for a first try and for tests."""
