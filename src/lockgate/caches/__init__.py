"""Where answers are kept, a folder each. What is kept, and for whom, is the pipeline's to say: see `pipeline/recall.py`."""
