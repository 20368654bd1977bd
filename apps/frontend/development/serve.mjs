// Serves the application while it is developed, by `next dev` with the arguments of this command. Code that hangs, say
// a loop without an end in a component, keeps Next.js from seeing that it was repaired: after the next edit, a server
// that hangs is replaced.
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { hasChanged } from "./changes.mjs";

const heartbeat = new URL("heartbeat.mjs", import.meta.url);
const lookMs = 500;
/** How long a process that hangs says nothing. Next.js takes less to compile an edit, also on a busy machine. */
const silenceMs = 4_000;
const graceMs = 2_000;

/**
 * Of each process of the server, by its number: for how long it has said nothing, in milliseconds, and when it said
 * something last.
 * @type {Map<number, { silence: number, heard: number }>}
 */
const processes = new Map();
const ears = createSocket("udp4").on("message", (pid) =>
  processes.set(Number(pid.toString()), { silence: 0, heard: Date.now() }),
);
ears.bind(0, "127.0.0.1");
await once(ears, "listening");

let isReplaced = false;
let isStopped = false;
let server = start();

function start() {
  processes.clear();
  isReplaced = false;
  const NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --import=${heartbeat.href}`.trim();
  const env = { ...process.env, NODE_OPTIONS, HEARTBEAT_PORT: String(ears.address().port) };
  // In a group of its own, so that what it has started ends with it.
  const options = /** @type {const} */ ({ env, stdio: "inherit", detached: true });
  const started = spawn("node_modules/.bin/next", ["dev", ...process.argv.slice(2)], options);
  started.once("exit", (code, signal) => {
    if (isReplaced && !isStopped) void startAgain();
    else process.exit(isStopped ? 0 : (code ?? 128 + constants.signals[signal ?? "SIGKILL"]));
  });
  return started;
}

async function startAgain() {
  // The process that listens may end last, and keeps the port until then.
  while ([...processes.keys()].some(isThere)) await sleep(20);
  server = start();
}

/** @param {NodeJS.Signals} signal for all processes of the server. */
function kill(signal) {
  try {
    if (server.pid !== undefined) process.kill(-server.pid, signal);
  } catch {
    // All of them have ended.
  }
}

/**
 * Replaces a server that hangs and was edited since. Looks are counted, not time: the machine may sleep, and this
 * process wait.
 */
function look() {
  for (const [pid, state] of processes) {
    state.silence += lookMs;
    if (state.silence <= silenceMs || isReplaced || isStopped) continue;
    if (!isThere(pid)) processes.delete(pid);
    else if (hasChanged(["public", "runtime", "src"], state.heard)) {
      console.error("The server hangs. It is started again with what was edited.");
      isReplaced = true;
      kill("SIGKILL");
    }
  }
}

/** @param {number} pid */
function isThere(pid) {
  try {
    process.kill(pid, 0);
    return !hasEnded(pid);
  } catch {
    return false;
  }
}

/**
 * What nobody waits for stays in the list of processes when it has ended. It has ended only with its last thread.
 * @param {number} pid
 */
function hasEnded(pid) {
  try {
    const isZombie = readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
    return isZombie && readdirSync(`/proc/${pid}/task`).length <= 1;
  } catch {
    return false;
  }
}

setInterval(look, lookMs);

for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT"])) {
  process.on(signal, () => {
    isStopped = true;
    kill(signal);
    setTimeout(kill, graceMs, "SIGKILL");
  });
}
