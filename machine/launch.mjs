// Plain JavaScript on built-ins alone: it runs on Node 18, before anything is installed.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants, homedir, userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The Node that set-up installs where the running one is too old. */
export const nodeVersion = "24.21.0";

/** True for a Node that runs TypeScript as it is: 22.18 or newer. */
export const isNewEnough = (version = process.versions.node) => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18);
};

/**
 * What every checkout of this user shares: tools, images, Minikube's home. Follows `XDG_CACHE_HOME`, which counts only
 * where it is the same in every folder.
 */
export const cacheFolder = () => {
  if (process.platform === "darwin") return join(home(), "Library", "Caches", "todo-stack");
  const caches = process.env["XDG_CACHE_HOME"] ?? "";
  return join(isAbsolute(caches) ? caches : join(home(), ".cache"), "todo-stack");
};

/** A HOME that is set to nothing, or to a path that differs by folder, names nobody's home. */
const home = () => (isAbsolute(homedir()) ? homedir() : userInfo().homedir);

/** Where Node keeps what it has compiled of this checkout: that knows files by their paths, and goes when they go. */
export const compileCache = fileURLToPath(new URL("../node_modules/.cache/compile", import.meta.url));

/** The folder of the Node that set-up installs. */
export const nodeFolder = () => join(cacheFolder(), "tools", `node-${nodeVersion}`);

/**
 * The Node that runs the commands of this checkout: the running one, or the installed one if that is too old.
 * @returns {string | undefined} its path, or undefined if there is none yet.
 */
export const findNode = () => {
  if (isNewEnough()) return process.execPath;
  const own = join(nodeFolder(), "bin", "node");
  return existsSync(own) ? own : undefined;
};

/**
 * Runs a command in the terminal as if it had been typed, and waits for it.
 *
 * Ctrl-C in a terminal goes to every process of the foreground, so the command has it already; a signal sent to this
 * process alone is passed on.
 * @param {string} file
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env the whole environment of the command.
 * @returns {Promise<number>} its exit code; 128 + the signal's number if a signal ended it.
 */
export const launch = (file, args, env) =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: "inherit", env });
    const passOn = (/** @type {NodeJS.Signals} */ signal) => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
    for (const signal of signals) process.on(signal, passOn);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      for (const name of signals) process.off(name, passOn);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
