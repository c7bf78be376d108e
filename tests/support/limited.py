"""`python -m limited DESCRIPTORS MODULE`: the module as a program that may open so many files and connections."""

import resource
import runpy
import sys

if __name__ == "__main__":
    limit, module = int(sys.argv[1]), sys.argv[2]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit // 2, limit))
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
