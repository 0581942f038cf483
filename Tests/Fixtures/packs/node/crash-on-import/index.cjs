"use strict";
// Raises while it is imported.

throw new Error("this pack never loads");
