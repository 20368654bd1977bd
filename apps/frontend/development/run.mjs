// `node development/run.mjs FILE` runs a script to its end, as an init container does. Code that hangs or fails is run
// again after the next edit. What fails is also tried again after a while: what it needs may be late.
import { spawn } from "node:child_process";
import { dirname } from "node:path";
import process from "node:process";
import { hasChanged } from "./changes.mjs";

const [file = ""] = process.argv.slice(2);
const lookMs = 500;
/** After how many looks without an edit a script that has failed is run again. */
const looksAfterFailure = 20;

let looks = 0;
let startedAt = Date.now();
let script = start();

function start() {
  looks = 0;
  startedAt = Date.now();
  const started = spawn(process.execPath, [file], { stdio: "inherit" });
  started.once("exit", (code) => {
    if (code === 0) process.exit(0);
  });
  return started;
}

function look() {
  const hasFailed = script.exitCode !== null || script.signalCode !== null;
  if (hasFailed) looks += 1;
  if (!hasChanged([dirname(file)], startedAt) && looks < looksAfterFailure) return;
  // What hangs does not listen to any other signal.
  script.kill("SIGKILL");
  script = start();
}

setInterval(look, lookMs);

for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT"])) {
  process.on(signal, () => {
    script.kill("SIGKILL");
    process.exit(1);
  });
}
