// A thread that runs the program once: see ProgramThread.
import module from "node:module";
import process from "node:process";
import { parentPort } from "node:worker_threads";

module.enableCompileCache(process.env["NODE_COMPILE_CACHE"]);
const { loadAhead, run } = await import("./run-program.ts");
parentPort?.once("message", (request: Uint8Array) => run(request, (response) => parentPort?.postMessage(response)));
await loadAhead();
