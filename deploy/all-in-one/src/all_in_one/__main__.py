"""`python -m all_in_one`; see `all_in_one.start`."""

import gc
import importlib
import sys

# Where it is installed, structlog loads `rich` (0.1 s, 5 MB) for tracebacks that we print without it.
sys.modules["rich"] = None  # type: ignore[assignment]
importlib.import_module("structlog")
del sys.modules["rich"]
gc.disable()  # what is imported stays: looking for garbage in it costs a twelfth of the start (`run_loop` turns it on)

from all_in_one.start import main  # noqa: E402

if __name__ == "__main__":
    main()
