"""Starts the Python worker: `python3 -I -S -B -u main.py`, frames on fd 3 and fd 4.

Kept to a few lines because a script is compiled anew at each start; the package beside it
is precompiled (`python3 -m compileall --invalidation-mode checked-hash runners/python`).
"""

import sys

# -I leaves the script's own folder off sys.path. It is needed for this one import only: a
# pack shall find the standard library and itself there, and not the runner's files.
sys.path.insert(0, __file__.rpartition("/")[0] or ".")
from rig_runner import worker

del sys.path[0]

worker.main(3, 4)
