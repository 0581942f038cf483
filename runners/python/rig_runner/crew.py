"""Threads that take turns: one leads, one watches, the others run calls or rest.

The leader reads frames and runs quick tools itself: nothing is handed over, so a call costs
no thread switch. The watcher looks up every TICK_SECONDS. Sees it the same call on the
leader twice, it takes the lead (reads on: cancels and further calls get through) and marks
the tool as slow; the old leader finishes its call and rests. A call over SLOW_SECONDS marks
its tool as well. Later calls of a slow tool go to a resting thread at once, until
QUICK_ENOUGH of them in a row were quick.

    t=0 ms    leader A reads invoke 7, runs it       watcher B sleeps
    t=4 ms    A still runs 7                          B sees 7
    t=8 ms    A still runs 7                          B sees 7 again: leads; C watches
    t=90 ms   A answers 7, rests                      B has read cancels and calls meanwhile

Who leads is settled by `_turn`, a list of at most one call: the leader appends the call
before it runs it and pops it afterwards; the watcher pops it to take the lead. list.pop is
atomic, so exactly one of the two gets it, and no lock is on the path.

When nothing was called for PARK_TICKS the watcher parks on a lock: an idle worker wakes for
nothing. The next call releases it (about 3 us, once).
"""

from _thread import allocate_lock, start_new_thread
from time import monotonic, sleep

TICK_SECONDS = 0.004
PARK_TICKS = 25
SLOW_SECONDS = 0.001
QUICK_ENOUGH = 16


class _Seat:
    """A resting thread: wakes when its lock is released and does its `role`."""

    __slots__ = ("lock", "role")

    def __init__(self):
        self.lock = allocate_lock()
        self.lock.acquire()
        self.role = None


class Crew:
    def __init__(self, lead):
        self._lead = lead  # reads frames until it returns; False from run_inline ends it
        self._resting = []
        self._turn = []
        self._last = None
        self._parked = False
        self._bell = allocate_lock()
        self._bell.acquire()

    def live(self):
        """The main thread's life: lead first, then whatever is needed."""
        self.start(self._watch)
        self._member(self._lead)

    def start(self, role):
        """Gives `role` to a resting thread or a new one. False when there can be none."""
        try:
            seat = self._resting.pop()
        except IndexError:
            try:
                start_new_thread(self._member, (role,))
            except RuntimeError:
                return False
            return True
        seat.role = role
        seat.lock.release()
        return True

    def run_inline(self, call, run):
        """Runs a call on the leader. False: another thread leads now, stop reading."""
        self._last = call
        self._turn.append(call)
        if self._parked:
            self._unpark()
        run(call)
        if monotonic() - call.started > SLOW_SECONDS:
            call.tool.slow = True
        try:
            self._turn.pop()
        except IndexError:
            return False
        return True

    def run_aside(self, call, run):
        """Runs a call of a slow tool on a thread of its own. False when there is none."""

        def role():
            run(call)
            tool = call.tool
            if monotonic() - call.started > SLOW_SECONDS:
                tool.quick = 0
            else:
                tool.quick += 1
                if tool.quick >= QUICK_ENOUGH:
                    tool.slow = False
                    tool.quick = 0

        return self.start(role)

    def _member(self, role):
        seat = _Seat()
        while True:
            role()
            role = None
            self._resting.append(seat)
            seat.lock.acquire()
            role = seat.role

    def _watch(self):
        turn = self._turn
        seen = None
        quiet = 0
        last = self._last
        while True:
            sleep(TICK_SECONDS)
            try:
                current = turn[0]
            except IndexError:
                current = None
            if current is not None and current is seen and self._take_over():
                return
            seen = current
            if current is None and self._last is last:
                quiet += 1
                if quiet >= PARK_TICKS:
                    self._park()
                    quiet = 0
            else:
                quiet = 0
                last = self._last

    def _take_over(self):
        try:
            call = self._turn.pop()
        except IndexError:
            return False
        call.tool.slow = True
        call.tool.quick = 0
        self.start(self._watch)
        self._lead()
        return True

    def _park(self):
        self._parked = True
        # Looked at after the flag is up: a call that began before saw no flag and rings no bell.
        if not self._turn:
            self._bell.acquire()
        self._parked = False

    def _unpark(self):
        self._parked = False
        try:
            self._bell.release()
        except RuntimeError:
            pass  # rung already
