"use strict";
// Never comes back from its import.

for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3600_000);
