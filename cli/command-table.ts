import type { Ask } from "../data/loss-agreement.ts";
import { UsageError } from "./command-line.ts";
import type { Command, Options } from "./command-line.ts";
import { typedPath } from "../machine/paths.ts";

// A command has a script of its name in package.json, too. CONTRIBUTING.md lists what else belongs to one.

const yes = { flags: "--yes", text: "do it without a question" };
const json = {
  flags: "--json",
  text: "print JSON; with --silent between npm run and the name, nothing else is printed",
};

/** How a command answers what would be lost. */
const answerOf = async ({ yes: agreed, keepData }: Options): Promise<Ask | undefined> => {
  if (agreed === true && keepData === true) {
    throw new UsageError("--yes loses data, and --keep-data takes them along.", "Choose one of them.");
  }
  const { agreeToAll, takeAlong } = await import("../data/loss-agreement.ts");
  if (keepData === true) return takeAlong;
  return agreed === true ? agreeToAll : undefined;
};

const testOptions = [{ flags: "--grep <PATTERN>", text: "only the tests whose titles match it" }];
const checkNames = { name: "[NAME...]", text: "only the checks whose names contain one of these" };

const runTests = async (names: string[], grep: string | undefined, full: boolean): Promise<number> =>
  await (await import("./test/test.ts")).test({ names, grep, full });

const setUpAgain = async ({ again, without }: Options): Promise<number> => {
  const { lookAtMachine, setUp } = await import("../setup/setup.ts");
  if (again === true || without !== undefined) {
    await lookAtMachine((without ?? "").split(",").filter((host) => host !== ""));
  }
  await setUp();
  console.log("Everything is set up. Next: npm start");
  return 0;
};

const operate = async ([word, code, ...more]: string[], { http }: Options): Promise<number> => {
  if (word === undefined) return await (await import("./operations/aiops.ts")).aiops(http === true);
  if (word === "approve" && more.length === 0) return await (await import("./operations/approve.ts")).approve(code);
  if (word === "token" && more.length === 0) return await (await import("./operations/token.ts")).writeToken(code);
  throw new UsageError(
    `npm run aiops knows no ${word}.`,
    "To agree to what the operations controller asks: approve CODE. For an assistant that calls it: token NAME",
  );
};

/** Every command of `npm run`. Each is loaded only when it is typed. */
export const commands: Command[] = [
  {
    name: "start",
    summary: "set up what is missing, bring the stack up and print its URL",
    details: "It asks before a changed setting removes the cluster or the namespace with all data in it.",
    options: [
      { flags: "--keep-data", text: "take the data along into the new cluster or namespace" },
      { flags: "--yes", text: "lose the data without a question" },
    ],
    onMinikube: true,
    run: async (_words, options) => await (await import("./start.ts")).start(await answerOf(options)),
  },
  {
    name: "stop",
    summary: "stop the cluster; its data stay, and npm start goes on with them",
    onMinikube: true,
    run: async () => await (await import("./stop.ts")).stop(),
  },
  {
    name: "destroy",
    summary: "remove the cluster with all data, after a question",
    options: [yes],
    run: async (_words, options) => await (await import("./destroy.ts")).destroy(options.yes === true),
  },
  {
    name: "dev",
    summary: "bring the stack up for development: an edit of the code is served at once, and all logs are shown",
    details: "Ctrl-C leaves the stack as npm start does.",
    options: [{ flags: "--down", text: "destroy the stack after Ctrl-C; asks before all work" }],
    onMinikube: true,
    run: async (_words, options) => await (await import("./dev/dev.ts")).dev(options.down === true),
  },
  {
    name: "test",
    summary: "set up what is missing and run the checks that protect a user every day",
    details: "With names or a pattern it looks at all checks, those of test:full too.",
    argument: checkNames,
    options: testOptions,
    run: async (names, { grep }) => await runTests(names, grep, false),
  },
  {
    name: "test:full",
    summary: "the same with all checks",
    argument: checkNames,
    options: testOptions,
    exitCodes: { 1: "a test failed, or passed only on its second try" },
    run: async (names, { grep }) => await runTests(names, grep, true),
  },
  {
    name: "status",
    summary: "show how the stack is, on one screen",
    options: [json],
    exitCodes: { 0: "the application answers", 1: "it does not" },
    onMinikube: true,
    run: async (_words, options) => await (await import("./status/status.ts")).status(options.json === true),
  },
  {
    name: "doctor",
    summary: "look for what is wrong and say what to type",
    options: [json],
    exitCodes: { 0: "nothing is wrong", 1: "something is" },
    run: async (_words, options) => await (await import("./doctor/doctor.ts")).doctor(options.json === true),
  },
  {
    name: "aiops",
    summary: "serve MCP on standard input and output, for a client that helps to operate the stack",
    details:
      "With `approve CODE` it shows what the operations controller, or an assistant, asks, and lets you agree. With `token NAME` it " +
      "writes down the token by which the assistant of a person calls the operations controller in the cluster.",
    argument: { name: "[approve CODE | token NAME...]", text: "agree to what has this code; the token of a person" },
    options: [{ flags: "--http", text: "serve it on 127.0.0.1 instead" }],
    run: async (words, options) => await operate(words, options),
  },
  {
    name: "scan",
    summary: "build both images and look for vulnerabilities, before npm start releases them",
    exitCodes: {
      0: "clean",
      1: "findings",
      2: "the list of allowed findings or the command line is wrong",
      3: "not scanned",
    },
    run: async () => await (await import("./images/scan.ts")).scan(),
  },
  {
    name: "sbom",
    summary: "build both images and write what is in each to sbom/",
    onMinikube: true,
    run: async () => await (await import("./images/sbom.ts")).sbom(),
  },
  {
    name: "review",
    summary: "say in Markdown how the commits since BASE change the stack",
    argument: { name: "[BASE]", text: "a branch or commit; main by default" },
    options: [{ flags: "--output <FILE>", text: "write into this file" }],
    exitCodes: { 1: "the preview fails, or a policy is violated" },
    run: async ([base], { output }) =>
      await (await import("./review/review.ts")).review(base, output === undefined ? undefined : typedPath(output)),
  },
  {
    name: "rotate",
    summary: "make a new JWT secret and bring the stack up; no one is signed out",
    argument: { name: "[SECRET]", text: "jwt, which is the default, or database for the password of the database" },
    onMinikube: true,
    run: async ([name]) => await (await import("./rotate.ts")).rotate(name),
  },
  {
    name: "rollback",
    summary: "list the releases that Helm keeps, or go back to one, after a question; all data stay",
    argument: { name: "[REVISION]", text: "the number of the release to go back to" },
    options: [yes],
    run: async ([revision], options) =>
      await (await import("./rollback/rollback.ts")).rollback(revision, options.yes === true),
  },
  {
    name: "backup",
    summary: "write all data of the stack into a new file in backups/",
    onMinikube: true,
    run: async () => await (await import("./backup.ts")).backup(),
  },
  {
    name: "restore",
    summary: "replace all data of the stack by that of a backup, after a question",
    argument: { name: "[FILE]", text: "the backup" },
    options: [yes],
    onMinikube: true,
    run: async ([file], options) =>
      await (
        await import("./backup.ts")
      ).restore(file === undefined ? undefined : typedPath(file), options.yes === true),
  },
  {
    name: "reset-password",
    summary: "print a new password for an account; all its sessions end",
    argument: { name: "[MAIL]", text: "the address of the account" },
    onMinikube: true,
    run: async ([address]) => await (await import("./reset-password.ts")).resetPassword(address),
  },
  {
    name: "bench",
    summary: "measure the commands of the stack and of Skaffold",
    argument: { name: "[NAME...]", text: "only these scenarios" },
    options: [{ flags: "--runs <N>", text: "how often each is run; 5 by default" }],
    run: async (names, { runs }) => await (await import("../bench/bench.ts")).bench(names, runs),
  },
  {
    name: "setup",
    summary: "set up what is missing",
    options: [
      { flags: "--again", text: "look again where tools and images can be fetched from" },
      { flags: "--without <HOST,...>", text: "take nothing from these hosts" },
    ],
    run: async (_words, options) => await setUpAgain(options),
  },
];
