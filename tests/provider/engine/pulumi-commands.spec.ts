import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { environment } from "../../../machine/tool-environment.ts";
import { checkout } from "../../../machine/paths.ts";
import { effectOf, effects, switches, wordsOf } from "../../../provider/engine/pulumi-commands.ts";
import type { Effect } from "../../../provider/engine/pulumi-commands.ts";

describe("what a command line of Pulumi does", () => {
  const lines: [string, Effect][] = [
    ["up --yes --stack dev", "changes"],
    ["update", "changes"],
    ["refresh --yes", "changes"],
    ["watch", "changes"],
    ["destroy --yes", "destroys"],
    ["down", "destroys"],
    ["dn --yes --skip-preview", "destroys"],
    ["-C . --color never down", "destroys"],
    ["--stack up down", "destroys"],
    ["--non-interactive dn", "destroys"],
    ["-v9 destroy", "destroys"],
    ["--color=never destroy", "destroys"],
    ["preview --diff", "previews"],
    ["pre --message destroy", "previews"],
    ["stack rm --force --yes", "removes the stack"],
    ["stack remove dev", "removes the stack"],
    ["stack delete dev", "removes the stack"],
    ["stack --show-urns rm", "removes the stack"],
    ["stack select rm", "nothing"],
    ["stack rename prod", "renames the stack"],
    ["stack --stack dev rename prod", "renames the stack"],
    ["config set namespace down", "nothing"],
    ["--version", "nothing"],
    ["destroy --help", "nothing"],
    ["up -h --yes", "nothing"],
    ["--help destroy", "nothing"],
    ["stack rm --force --help", "nothing"],
    ["stack rename prod -h", "nothing"],
    ["destroy --message --help --yes", "destroys"],
    ["destroy --yes -- --help", "destroys"],
    ["destroy --help=false --yes", "destroys"],
    ["destroy --help --help=false", "destroys"],
    ["", "nothing"],
    ["a command that nobody knows yet", "changes"],
  ];
  for (const [line, effect] of lines) {
    it(`pulumi ${line}: ${effect}`, () => assert.equal(effectOf(line.split(" ").filter(Boolean)), effect));
  }

  it("finds the stack that is to be removed", () => {
    assert.deepEqual(wordsOf(["stack", "rm", "dev", "--force", "--yes"]), ["stack", "rm", "dev"]);
    assert.deepEqual(wordsOf(["stack", "rm", "--force", "dev"]), ["stack", "rm", "dev"]);
    for (const flags of ["--color never", "-C .", "-v 3", "-fy", "--remove-backups --yes --preserve-config"]) {
      const words = ["stack", "rm", ...flags.split(" "), "dev"];
      assert.deepEqual(wordsOf(words), ["stack", "rm", "dev"], flags);
    }
  });

  describe("by Pulumi itself", function () {
    this.timeout("2m");
    let help: string;

    before(async function () {
      const found = await execa("pulumi", ["--help"], { reject: false, env: environment() });
      if (found.failed) {
        console.warn("what a command line of Pulumi does: not compared with Pulumi itself, since there is none");
        this.skip();
      }
      help = found.stdout;
    });

    const commands = (text: string): string[] =>
      [...text.matchAll(/^ {2,4}([a-z][a-z-]+) {2,}\S/gm)].map(([, name = ""]) => name);

    it("knows every command of it", () => {
      const known = Object.values(effects).flat();
      assert.ok(commands(help).length > 20, help);
      assert.deepEqual(
        commands(help).filter((name) => !known.includes(name)),
        [],
        "say in provider/engine/pulumi-commands.ts what these do",
      );
    });

    it("knows every other name of what changes, destroys or previews", async () => {
      for (const [names, first] of [
        [effects.changes, "up"],
        [effects.destroys, "destroy"],
        [effects.previews, "preview"],
      ] as const) {
        const { stdout } = await execa("pulumi", [first, "--help"], { env: environment() });
        const aliases = (/^Aliases:\n {2}(.*)$/m.exec(stdout)?.[1] ?? first).split(", ");
        assert.deepEqual(
          aliases.filter((name) => !names.includes(name)),
          [],
        );
      }
    });

    it("knows which of its flags take no value, and which of those of pulumi stack rm", async () => {
      const removal = await execa("pulumi", ["stack", "rm", "--help"], { env: environment() });
      for (const text of [help, removal.stdout]) {
        const flags = [...text.matchAll(/^ +(?:(-\w), )?(--[a-z-]+)( \w+)? {2,}/gm)];
        const bare = flags.filter(([, , , value]) => value === undefined).flatMap(([, short, long]) => [short, long]);
        assert.ok(bare.length > 3, text);
        for (const flag of bare.filter((each) => each !== undefined)) assert.ok(switches.includes(flag), flag);
      }
    });
  });
});

/** Commands of this project that run Pulumi do so by one function alone, which asks before data are lost. */
describe("who runs Pulumi", () => {
  const scripts = Object.keys(
    (JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as { scripts: Record<string, string> }).scripts,
  );
  const ways: Record<string, "loses nothing" | "asks" | "refuses"> = {
    start: "asks",
    dev: "refuses",
    stop: "loses nothing",
    destroy: "asks",
    test: "loses nothing",
    help: "loses nothing",
    setup: "loses nothing",
    status: "loses nothing",
    doctor: "loses nothing",
    review: "loses nothing",
    rotate: "asks",
    rollback: "loses nothing",
    backup: "loses nothing",
    restore: "asks",
    "reset-password": "loses nothing",
    aiops: "loses nothing",
    scan: "asks",
    sbom: "asks",
    bench: "loses nothing",
    lint: "loses nothing",
    format: "loses nothing",
    typecheck: "loses nothing",
    "test:unit": "loses nothing",
    "test:full": "loses nothing",
    "test:cluster": "loses nothing",
  };

  it("is known of every command of npm, and no other", () => {
    const added = "say here what a new command does where data would be lost";
    assert.deepEqual(scripts.toSorted(), Object.keys(ways).toSorted(), added);
  });

  const asking = ["cli/start.ts", "cli/rotate.ts", "cli/images/archives.ts", "pulumi/shim.ts"];
  for (const file of asking) {
    it(`${file} runs an operation by runPulumi, and agrees to nothing by itself`, () => {
      const text = readFileSync(join(checkout, file), "utf8");
      assert.match(text, /import \{ runPulumi \}/);
      assert.doesNotMatch(text, /execa\("pulumi", \[\s*"(up|update|destroy|down|dn|refresh)"/);
      assert.doesNotMatch(text.replaceAll("sure ? agreeToAll", ""), /agreeToAll[^,} ]/);
    });
  }

  it("cli/dev/own-pulumi.ts asks nobody between two edits, and agrees to nothing", () => {
    const text = readFileSync(join(checkout, "cli/dev/own-pulumi.ts"), "utf8");
    assert.match(text, /runner\(args, agreeToNothing,/);
  });
});
