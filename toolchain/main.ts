import { parseArgs } from "node:util";
import process from "node:process";
import { UserError } from "../provider/errors.ts";
import { agreeToAll, takeAlong } from "./agreement.ts";
import type { Ask } from "./agreement.ts";
import { aiops } from "./aiops.ts";
import { backup, restore } from "./backup.ts";
import { destroy } from "./destroy.ts";
import { dev } from "./dev/dev.ts";
import { doctor } from "./doctor/doctor.ts";
import { ToolchainError } from "./errors.ts";
import { typedPath } from "./paths.ts";
import { sbom } from "./images/sbom.ts";
import { scan } from "./images/scan.ts";
import { resetPassword } from "./reset-password.ts";
import { review } from "./review/review.ts";
import { rotate } from "./rotate.ts";
import { lookAtMachine, setUp } from "./setup.ts";
import { start } from "./start.ts";
import { status } from "./status/status.ts";
import { stop } from "./stop.ts";
import { test } from "./test.ts";

const usage = `npm start             sets up what is missing, brings the stack up, prints its URL; asks before other settings take cluster or
                      namespace away with all data; with -- --keep-data it takes the data along, with -- --yes it loses them
npm stop              stops the cluster; its data stay, and npm start goes on with them
npm run destroy [-- --yes]
                      removes the cluster with all data, after a question
npm run dev           brings the stack up for development: an edit of the code is served at once, without a build; shows all logs;
                      Ctrl-C leaves the stack as npm start does, or with -- --down destroys it
npm test [-- NAME…]   sets up what is missing, runs the checks that protect a user every day, or of all checks those whose names
                      contain NAME; with --grep PATTERN only the tests whose titles match it
npm run test:full     the same with all checks; exit code 1 also when a test passed only on its second try
npm run status        how the stack is, on one screen; exit code 0 when the application answers
npm run doctor        looks for what is wrong and says what to type; exit code 1 if something fails
                      both print JSON with --silent before and -- --json after the name
npm run aiops         serves MCP on standard input and output, for a client that helps to operate the stack; with -- --http on
                      127.0.0.1 instead
npm run scan          builds both images and looks for vulnerabilities, before npm start releases them;
                      exit code 0: clean, 1: findings, 2: wrong allow-list, 3: not scanned
npm run sbom          builds both images and writes what is in each to sbom/
npm run review [-- BASE]
                      says in Markdown what the commits since BASE, or main, change in what the stack would be; with
                      --output FILE into that; exit code 1 when the preview fails or a policy is violated
npm run rotate        makes a new JWT secret and brings the stack up; no one is signed out
                      with -- database a new password of the database in the cluster
npm run backup        writes all data of the stack into a new file in backups/
npm run restore -- FILE [--yes]
                      replaces all data of the stack by that of a backup
npm run reset-password -- MAIL
                      prints a new password for the account with this address; all its sessions end
npm run bench [-- NAME… --runs N]
                      measures the commands of the stack and of Skaffold, all or those of these names, each 5 times
npm run setup         sets up what is missing; with -- --again it looks again from where things can be had, and with
                      -- --without HOST[,HOST] it takes nothing from there`;

const setup = async (again: boolean, without: string | undefined): Promise<number> => {
  if (again || without !== undefined) await lookAtMachine((without ?? "").split(",").filter((host) => host !== ""));
  await setUp();
  console.log("Everything is set up. Next: npm start");
  return 0;
};

class UsageError extends ToolchainError {}

const readArguments = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        stack: { type: "string" },
        grep: { type: "string" },
        yes: { type: "boolean", default: false },
        "keep-data": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        output: { type: "string" },
        down: { type: "boolean", default: false },
        runs: { type: "string" },
        http: { type: "boolean", default: false },
        again: { type: "boolean", default: false },
        without: { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, `\n${usage}`, error);
  }
};

/** What the command line says of data that would be lost; undefined when it says nothing. */
const answerOf = ({ yes, "keep-data": keep }: { yes: boolean; "keep-data": boolean }): Ask | undefined => {
  if (yes && keep) throw new UsageError("--yes loses data, and --keep-data takes them along.", "Choose one of them.");
  if (keep) return takeAlong;
  return yes ? agreeToAll : undefined;
};

const main = async (): Promise<number> => {
  const { positionals, values } = readArguments();
  const [command, ...names] = positionals;
  if (values.stack !== undefined) process.env.PULUMI_STACK = values.stack;
  if (command === "test" || command === "test:full") {
    return await test({ names, grep: values.grep, full: command === "test:full" });
  }
  if (command === "bench") {
    // Loaded only when needed: it is large, and uses what the tests do.
    const { bench } = await import("../bench/bench.ts");
    return await bench(names, values.runs);
  }
  const [name] = names;
  if (command === "review" && names.length <= 1) {
    return await review(name, values.output === undefined ? undefined : typedPath(values.output));
  }
  if (command === "rotate" && names.length <= 1) return await rotate(name);
  if (command === "restore" && names.length <= 1) {
    return await restore(name === undefined ? undefined : typedPath(name), values.yes);
  }
  if (command === "reset-password" && names.length <= 1) return await resetPassword(name);
  if (command === "status" && names.length === 0) return await status(values.json);
  if (command === "doctor" && names.length === 0) return await doctor(values.json);
  const commands: Record<string, () => Promise<number>> = {
    start: () => start(answerOf(values)),
    dev: () => dev(values.down),
    stop,
    destroy: () => destroy(values.yes),
    aiops: () => aiops(values.http),
    backup,
    scan,
    sbom,
    setup: () => setup(values.again, values.without),
  };
  const run = names.length === 0 ? commands[command ?? ""] : undefined;
  if (run === undefined) throw new UsageError(`There is no command ${positionals.join(" ")}.`, `\n${usage}`);
  return await run();
};

try {
  process.exitCode = await main();
} catch (error) {
  const isForUser = error instanceof ToolchainError || error instanceof UserError;
  console.error(isForUser ? `\n${error.message}` : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
