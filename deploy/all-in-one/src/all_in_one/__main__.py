"""`python -m all_in_one`; see `all_in_one.start`."""

import gc

gc.disable()  # what is imported stays: looking for garbage in it costs a twelfth of the start (`run_loop` turns it on)

from all_in_one.start import main  # noqa: E402

if __name__ == "__main__":
    main()
