"use strict";
// Starts the Node worker: `node main.cjs`, frames on fd 3 and fd 4; with `--listen unix:PATH` a
// worker for every connection to that socket.
// CommonJS all through: an ES module entry costs 4 ms more at each start.

if (process.argv[2] === "--listen") {
    require("./lib/listener.cjs").listen(__filename, process.argv.slice(3));
} else {
    const { Worker } = require("./lib/worker.cjs");
    new Worker(3, 4).live();
}
