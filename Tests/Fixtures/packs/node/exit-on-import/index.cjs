"use strict";
// Ends the process while it is imported.

process.exit(7);
