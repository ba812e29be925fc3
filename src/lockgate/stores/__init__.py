"""Where things are kept between one run and the next. One folder each."""
