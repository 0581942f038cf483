"""Says that it runs, ignores every signal it can, and waits for ever."""

import os
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
os.write(4, b"up")
while True:
    signal.pause()
