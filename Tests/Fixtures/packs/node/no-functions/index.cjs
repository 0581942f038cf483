"use strict";
// Loads, but is no pack.

module.exports = { answer: 42 };
