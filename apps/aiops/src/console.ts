import { Console } from "node:console";
import process from "node:process";

// Standard output belongs to the protocol, whatever a library says. Imported first: one may say something when it is
// loaded.
globalThis.console = new Console(process.stderr);
