import { parseArgs } from "node:util";
import process from "node:process";
import { execa } from "execa";
import { backup, restore } from "./backup.ts";
import { doctor } from "./doctor/doctor.ts";
import { environment } from "./environment.ts";
import { ToolchainError } from "./errors.ts";
import { sbom } from "./images/sbom.ts";
import { scan } from "./images/scan.ts";
import { runPulumi } from "./pulumi.ts";
import { rotate } from "./rotate.ts";
import { setUp } from "./setup.ts";
import { pulumi } from "./shim.ts";
import { stackName } from "./stack.ts";
import { status } from "./status/status.ts";
import { test } from "./test.ts";

const usage = `npm start             sets up what is missing, brings the stack up, prints its URL
npm stop              destroys the stack
npm test [-- NAME…]   sets up what is missing, runs every check, or those whose names contain NAME;
                      with --grep PATTERN only the tests whose titles match it
npm run status        how the stack is, on one screen; exit code 0 when the application answers
npm run doctor        looks for what is wrong and says what to type; exit code 1 if something fails
                      both print JSON with --silent before and -- --json after the name
npm run scan          builds both images and looks for vulnerabilities, before npm start releases them;
                      exit code 0: clean, 1: findings, 2: wrong allow-list, 3: not scanned
npm run sbom          builds both images and writes what is in each to sbom/
npm run rotate        makes a new JWT secret and brings the stack up; no one is signed out
                      with -- database a new password of the database in the cluster
npm run backup        writes all data of the stack into a new file in backups/
npm run restore -- FILE [--yes]
                      replaces all data of the stack by that of a backup
npm run setup         sets up what is missing`;

const start = async (): Promise<number> => {
  await setUp(false);
  const code = await runPulumi(["up", "--yes", "--skip-preview", "--stack", stackName()]);
  if (code !== 0) return code;
  const { stdout: url } = await execa("pulumi", ["stack", "output", "url", "--stack", stackName()], {
    env: environment(),
    extendEnv: false,
  });
  console.log(`\nOpen ${url}`);
  return 0;
};

const stop = async (): Promise<number> => await pulumi(["destroy", "--yes", "--skip-preview", "--stack", stackName()]);

const setup = async (): Promise<number> => {
  await setUp(false);
  console.log("Everything is set up. Next: npm start");
  return 0;
};

const main = async (): Promise<number> => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      stack: { type: "string" },
      grep: { type: "string" },
      yes: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const [command, ...names] = positionals;
  if (values.stack !== undefined) process.env.PULUMI_STACK = values.stack;
  if (command === "test") return await test(names, values.grep);
  const [name] = names;
  if (command === "rotate" && names.length <= 1) return await rotate(name);
  if (command === "restore" && names.length <= 1) return await restore(name, values.yes);
  if (command === "status" && names.length === 0) return await status(values.json);
  if (command === "doctor" && names.length === 0) return await doctor(values.json);
  const commands: Record<string, () => Promise<number>> = { start, stop, backup, scan, sbom, setup };
  const run = names.length === 0 ? commands[command ?? ""] : undefined;
  if (run === undefined) {
    console.error(usage);
    return 2;
  }
  return await run();
};

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof ToolchainError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
