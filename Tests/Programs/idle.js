// Says that it runs, and waits for ever.
"use strict";

require("fs").writeSync(4, "up");
setInterval(() => {}, 1 << 30);
