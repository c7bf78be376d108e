"""Where the time of Parley goes: `python -m bench.profiling`."""
