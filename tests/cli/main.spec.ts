import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { runCommand, UsageError } from "../../cli/command-line.ts";
import type { Command, Options } from "../../cli/command-line.ts";
import { commands } from "../../cli/command-table.ts";
import { checkout } from "../../machine/paths.ts";

const run = async (...args: string[]) =>
  await execa("node", [join(checkout, "cli/main.ts"), ...args], { reject: false, stdin: "ignore" });

describe("the commands", () => {
  // Each exit code of `npm run scan` has a meaning; a mistyped one must have none of the others.
  for (const args of [["scan", "--jsn"], ["scan", "--json"], ["scan", "backend"], ["deploy"], []]) {
    it(`refuse ${JSON.stringify(args)} with exit code 2, and say what there is`, async () => {
      const result = await run(...args);
      assert.equal(result.exitCode, 2, result.stderr);
      assert.equal(result.stdout, "");
      assert.match(result.stderr, args[0] === "scan" ? /npm run scan/ : /^ +scan .+build both images/m);
      assert.doesNotMatch(result.stderr, /^\s+at /m, "an error for the user has no stack trace");
    });
  }

  it("refuse what contradicts itself", async () => {
    const result = await run("start", "--yes", "--keep-data");
    assert.equal(result.exitCode, 2);
    assert.match(result.stderr, /--yes loses data, and --keep-data takes them along\.\n {2}Choose one of them\./);
  });

  it("ask before a development that ends with a destroy, and begin nothing where nobody can answer", async () => {
    const { exitCode, stderr } = await run("dev", "--down");
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /When you press Ctrl-C: .* will be removed.*\n.*no terminal.*Nothing was done\. Type: npm run dev/,
    );
  });

  it("are all listed by npm run help", async () => {
    const { stdout, stderr, exitCode } = await run("help");
    assert.deepEqual([stderr, exitCode], ["", 0]);
    for (const { name } of commands) assert.match(stdout, new RegExp(`^ +${name} `, "m"));
  });

  it("each have a help of their own, with options and exit codes", async () => {
    for (const args of [
      ["scan", "--help"],
      ["help", "scan"],
    ]) {
      const { stdout, exitCode } = await run(...args);
      assert.equal(exitCode, 0);
      assert.match(stdout, /^Usage: npm run scan -- \[options\]/);
      assert.match(stdout, /^ +--stack <NAME> /m);
      assert.match(stdout, /^Exit codes:\n +0 +clean\n +1 +findings\n +2 .+wrong\n +3 +not scanned$/m);
    }
  });

  it("are those of package.json that start with the same program", () => {
    const { scripts } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const started = Object.entries(scripts).flatMap(([name, script]) => {
      const [, typed] = /bootstrap\.mjs (\S+)$/.exec(script) ?? [];
      return typed === undefined ? [] : [[name, typed]];
    });
    assert.deepEqual(
      started.map(([name]) => name).toSorted(),
      ["help", ...commands.map(({ name }) => name)].toSorted(),
    );
    for (const [name, typed] of started) assert.equal(typed, name);
  });
});

describe("a command line", () => {
  let ran: [words: string[], options: Options][];
  const table: Command[] = [
    {
      name: "repair",
      summary: "repair something",
      argument: { name: "[NAME...]", text: "what" },
      options: [
        { flags: "--keep-data", text: "keep" },
        { flags: "--output <FILE>", text: "where" },
      ],
      run: (words, options) => {
        ran.push([words, options]);
        return Promise.resolve(7);
      },
    },
  ];
  const stack = process.env["PULUMI_STACK"];

  beforeEach(() => {
    ran = [];
  });
  afterEach(() => {
    if (stack === undefined) delete process.env["PULUMI_STACK"];
    else process.env["PULUMI_STACK"] = stack;
  });

  it("gives its words and options to its command, whose exit code is its own", async () => {
    assert.equal(await runCommand(table, ["repair", "one", "--keep-data", "--output", "file", "two"]), 7);
    assert.deepEqual(ran, [[["one", "two"], { keepData: true, output: "file" }]]);
  });

  for (const wrong of [["restore"], ["rotate", "everything"]]) {
    it(`takes a word that is missing or unknown for a wrong command line: ${wrong.join(" ")}`, async () => {
      await assert.rejects(runCommand(commands, wrong), UsageError);
    });
  }

  for (const nothing of ["", " ", "demo/"]) {
    it(`names a stack, and not ${JSON.stringify(nothing)}`, async () => {
      await assert.rejects(runCommand(table, ["repair", "--stack", nothing]), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, /^--stack names no stack\.\n/);
        return true;
      });
      assert.deepEqual(ran, []);
    });
  }

  it("names the stack for everything that comes after", async () => {
    await runCommand(table, ["repair", "--stack", "other"]);
    assert.equal(process.env["PULUMI_STACK"], "other");
  });
});
