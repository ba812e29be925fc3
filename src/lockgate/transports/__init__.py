"""Ways out to the network. One folder each, behind one port."""
