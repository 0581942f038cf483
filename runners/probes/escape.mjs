// Escape attempts from inside a Node worker: what a hostile pack would try, made harmless.
//
// Same output, environment and care as escape.py, whose head says more. Node issues no raw system
// calls, so that what is tried here is what its own library can be made to do.

import { attempts, only, run } from "./attempts/attempts.mjs";
import "./attempts/files.mjs";
import "./attempts/processes.mjs";
import "./attempts/network.mjs";
import "./attempts/exhaustion.mjs";

await run(attempts, only);
