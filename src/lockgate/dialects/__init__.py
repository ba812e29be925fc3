"""Wire formats. One folder each; the files in it are the same for all."""
