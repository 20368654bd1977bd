// Entry of `npm start`, `npm stop` and `npm test`. Plain JavaScript on built-ins alone: it runs on Node 18, before
// anything is installed, makes sure of a newer Node and of the npm packages, and hands over to main.ts.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findNode, launch, nodeFolder, nodeVersion } from "../machine/launch.mjs";
import { installArguments, packagesAreInstalled } from "../setup/packages.mjs";
import { pastProxies, unfitForNode } from "../machine/proxies.mjs";

const checkout = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const execute = promisify(execFile);

class Failure extends Error {}

const main = async () => {
  const node = findNode() ?? (await timed(`Node ${nodeVersion}`, installNode));
  // Where a proxy or a company's own certificates stand between this machine and the internet, Node is to use them.
  /** @type {NodeJS.ProcessEnv} */
  const env = { NODE_USE_SYSTEM_CA: "1", ...process.env, ...pastProxies(process.env, join(checkout, ".state")) };
  // Of a proxy that Node cannot use, `npm run doctor` tells.
  if (unfitForNode(env).length === 0) env["NODE_USE_ENV_PROXY"] ??= "1";
  if (node !== process.execPath) env["PATH"] = `${dirname(node)}:${env["PATH"] ?? ""}`;
  if (!packagesAreInstalled(checkout)) await timed("npm packages", () => installPackages(env));
  process.exitCode = await launch(node, [join(checkout, "cli", "main.ts"), ...process.argv.slice(2)], env);
};

/**
 * Installs Node in the user's cache folder: the official build, or where that cannot be reached, npm's.
 * @returns {Promise<string>} the path of its executable.
 */
const installNode = async () => {
  const folder = nodeFolder();
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}.partial-`);
  try {
    const archive = (await officialNode(draft)) ?? (await npmNode(draft));
    await execute("tar", ["-xzf", archive, "--strip-components=1", "-C", draft]);
    rmSync(archive);
    await execute(join(draft, "bin", "node"), ["--version"]);
    renameSync(draft, folder);
  } catch (error) {
    throw new Failure(
      `Node ${nodeVersion} cannot be installed: ${firstLine(error)}\n` +
        "Install Node 22.18 or newer by hand, from nodejs.org or your package manager, then run this command again.",
    );
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return join(folder, "bin", "node");
};

/** @param {string} folder @returns {Promise<string | undefined>} the archive, or undefined if it cannot be reached. */
const officialNode = async (folder) => {
  const release = `https://nodejs.org/dist/v${nodeVersion}`;
  const name = `node-v${nodeVersion}-${process.platform}-${process.arch}.tar.gz`;
  const sums = await get(`${release}/SHASUMS256.txt`, 5_000).catch(() => undefined);
  if (sums === undefined) return undefined;
  const bytes = await get(`${release}/${name}`, 600_000);
  const sum = createHash("sha256").update(bytes).digest("hex");
  if (!sums.toString().includes(`${sum}  ${name}`)) throw new Failure(`the checksum of ${name} is wrong`);
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

/** @param {string} folder @returns {Promise<string>} the archive; npm has checked its integrity. */
const npmNode = async (folder) => {
  const name = `node-${process.platform}-${process.arch}@${nodeVersion}`;
  await npm(["pack", name, "--pack-destination", folder, "--loglevel=error"], process.env);
  const archive = readdirSync(folder).find((file) => file.endsWith(".tgz"));
  if (archive === undefined) throw new Failure(`npm has no ${name}`);
  return join(folder, archive);
};

/** @param {NodeJS.ProcessEnv} env */
const installPackages = async (env) => {
  try {
    await npm(installArguments, env);
  } catch (error) {
    throw new Failure(`npm ci failed: ${firstLine(error)}\nRun it by hand to see all of its output: npm ci`);
  }
};

/**
 * The user's npm, run by the Node that comes first on the PATH of `env`. @param {string[]} args @param
 * {NodeJS.ProcessEnv} env
 */
const npm = (args, env) => {
  const typed = process.env["npm_execpath"];
  // pnpm, Yarn and Bun set it too when this was started by one of them. They would install something else.
  const script = /[/\\]npm-cli\.[cm]?js$/.test(typed ?? "") ? typed : undefined;
  // The passphrase of the state is for Pulumi alone.
  const own = { PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: undefined };
  const options = { cwd: checkout, env: { ...env, ...own }, maxBuffer: 1e8 };
  return script === undefined ? execute("npm", args, options) : execute("node", [script, ...args], options);
};

/** @param {string} url @param {number} milliseconds @returns {Promise<Buffer>} */
const get = async (url, milliseconds) => {
  const response = await fetch(url, { signal: AbortSignal.timeout(milliseconds) });
  if (!response.ok) throw new Failure(`${url} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
};

/**
 * Shows that something takes its time; on standard error, since standard output is the command's own. @template T
 * @param {string} title @param {() => Promise<T>} work @returns {Promise<T>}
 */
const timed = async (title, work) => {
  const start = Date.now();
  console.error(`❯ ${title}`);
  const result = await work();
  console.error(`✔ ${title} [${Math.round((Date.now() - start) / 1000)}s]`);
  return result;
};

/** @param {unknown} error */
const firstLine = (error) => {
  const { stderr, message } = /** @type {{ stderr?: string, message: string }} */ (error);
  const text = stderr?.split("\n").find((line) => !/ (warn|notice) /.test(line) && line.trim() !== "");
  return text ?? message.split("\n")[0];
};

try {
  await main();
} catch (error) {
  console.error(error instanceof Failure ? error.message : error);
  // To `npm run scan`, 1 means that something was found.
  process.exitCode = process.argv[2] === "scan" ? 3 : 1;
}
