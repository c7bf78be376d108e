"""Which format stored data has, so that a version of Parley that is too old leaves newer data alone."""
