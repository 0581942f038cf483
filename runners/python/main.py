"""Starts the Python worker: `python3 -I -S -B -u main.py`, frames on fd 3 and fd 4.
With `--listen unix:PATH` a worker for every connection to that socket.

Kept to a few lines because a script is compiled anew at each start; the package beside it
is precompiled (`python3 -m compileall --invalidation-mode checked-hash runners/python`).
"""

import sys

# -I leaves the script's own folder off sys.path. It is needed for this one import only: a
# pack shall find the standard library and itself there, and not the runner's files.
sys.path.insert(0, __file__.rpartition("/")[0] or ".")
if sys.argv[1:2] == ["--listen"]:
    from rig_runner import listener

    del sys.path[0]
    # Comes back in the child of each connection, with its socket as fd 3 and fd 4.
    listener.main(sys.argv[2:])
    sys.path.insert(0, __file__.rpartition("/")[0] or ".")
from rig_runner import worker

del sys.path[0]

worker.main(3, 4)
