import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { environment } from "../../../machine/tool-environment.ts";
import { checkout } from "../../../machine/paths.ts";
import { effectOf, effects } from "../../../provider/engine/pulumi-commands.ts";
import { PretendedCheckout } from "../../helpers/pretended/pretended-checkout.ts";
import type { Ended } from "../../helpers/pretended/pretended-checkout.ts";
import { until } from "../../helpers/until.ts";
import { edits, npmOperations, onCluster, operations, others, withoutStack } from "./commands.ts";
import type { Operation, Way } from "./commands.ts";
import { combined, losses } from "./losses.ts";
import type { Loss } from "./losses.ts";

/**
 * Every command with every loss, run: by the real Pulumi engine, on a Docker, a Minikube, a kubectl and a Helm that
 * only pretend. Nobody sits at a terminal. Whatever a command does, the data must be there afterwards.
 */
describe("no command loses data that nobody has given up", function () {
  this.timeout("10m");
  let here: PretendedCheckout;
  let kept: string[];

  before(async function () {
    const made = await PretendedCheckout.create();
    if (made === undefined) {
      console.warn("no command loses data that nobody has given up: skipped, since there is no pulumi");
      this.skip();
    }
    here = made;
    kept = here.data();
    assert.ok(kept.includes("container-todo") && kept.includes("namespace"), kept.join());
  });

  afterEach(() => here.restore());
  after(() => here.remove());

  /** A command that fails by a fault, say because it cannot be loaded, proves nothing. */
  const stackTrace = /^\s+at .*:\d+:\d+\)?$/m;

  /** Node, volume and namespace. Secrets and release are made again where the state has forgotten them. */
  const holders = (data: string[]): string[] => data.filter((thing) => !thing.startsWith("object "));

  const run = async (program: "npm" | "pulumi", args: string[]): Promise<Ended> =>
    program === "npm" ? await here.npm(args) : await here.pulumi(args);

  const cell = (
    program: "npm" | "pulumi",
    name: string,
    { args, replaces, way }: Operation,
    what: string,
    loss: Loss,
  ) => {
    if (loss.args !== undefined && replaces !== true) return;
    const expected: Way = loss.but?.[name] ?? way;
    it(`${program} ${name}, ${what}: ${expected}`, async () => {
      await loss.prepare(here);
      const { exitCode, all } = await run(program, [...args, ...(loss.args?.(here) ?? [])]);
      assert.deepEqual(here.data(), kept, all);
      assert.doesNotMatch(all, stackTrace);
      if (expected === "harmless") return;
      assert.notEqual(exitCode, 0, all);
      if (expected === "refused") assert.match(all, loss.says);
      else
        assert.match(
          all,
          /--yes|another Docker engine|belongs to|It is not known|no cluster|does not know its cluster|will be removed/,
        );
    });
  };

  for (const [program, all] of [
    ["pulumi", operations],
    ["npm", npmOperations],
  ] as const) {
    for (const [name, operation] of Object.entries(all)) {
      const chosen = Object.entries(operation.tried === "with each" ? losses : combined);
      const tried = operation.tried === "with one" ? chosen.slice(0, 1) : chosen;
      for (const [what, loss] of tried) cell(program, name, operation, what, loss);
    }
  }

  describe("where the answer to its own question is given", () => {
    for (const what of ["another Docker engine", "a lost instance", "a wrong instance"] as const) {
      for (const name of ["destroy", "down", "dn"]) {
        it(`pulumi ${name} --yes leaves alone what is not this stack's, ${what}`, async () => {
          await losses[what]?.prepare(here);
          const { all } = await here.pulumi([name, "--yes", "--skip-preview"]);
          assert.ok(here.data().includes("container-todo") && here.data().includes("volume-todo"), all);
        });
      }
    }

    for (const [program, args] of [
      ["pulumi", ["down", "--yes", "--skip-preview"]],
      ["pulumi", ["destroy", "--yes", "--skip-preview", "--run-program"]],
      ["npm", ["destroy", "--yes"]],
    ] as const) {
      it(`${program} ${args.join(" ")} removes everything, so that the others were not kept by chance`, async () => {
        const { exitCode, all } = await run(program, [...args]);
        assert.equal(exitCode, 0, all);
        assert.ok(!here.data().includes("container-todo"), all);
      });
    }
  });

  describe("Pulumi started without npx", () => {
    for (const what of [
      "another memory",
      "another namespace",
      "a program without its resources",
      "a tainted cluster",
    ]) {
      it(`pulumi up --yes, ${what}: refused`, async () => {
        const loss = losses[what];
        await loss?.prepare(here);
        const { exitCode, all } = await here.barePulumi(["up", "--yes", "--skip-preview", "--stack", "test"]);
        assert.deepEqual(here.data(), kept, all);
        assert.notEqual(exitCode, 0, all);
        assert.match(all, loss?.says ?? /^$/);
        assert.match(all, /set TODO_STACK_LOSE=/);
      });
    }

    it("pulumi destroy --yes removes everything, as the person has said", async () => {
      const { exitCode, all } = await here.barePulumi(["destroy", "--yes", "--skip-preview", "--stack", "test"]);
      assert.equal(exitCode, 0, all);
      assert.ok(!here.data().includes("container-todo"), all);
    });
  });

  it("npm run dev, whose settings are edited meanwhile: refused, and it goes on", async () => {
    const dev = here.start(["dev"]);
    let said = "";
    dev.output.on("data", (bytes) => (said += String(bytes)));
    const says = (text: string) => () => Promise.resolve(said.includes(text));
    try {
      await until("development is up", says("Edits are served at once"));
      await here.set({ memory: 2048 });
      await until("the edit is refused", says("will be lost"));
      await until("it goes on", says("tried again with the next edit"));
    } finally {
      dev.interrupt();
      await dev.ended;
    }
    assert.deepEqual(holders(here.data()), holders(kept), said);
  });

  describe("what edits Pulumi's own knowledge, and an up after it", () => {
    for (const [name, line] of Object.entries(edits)) {
      it(`pulumi ${name}: harmless`, async () => {
        if (name === "stack import") await here.pulumi(["stack", "export", "--file", "exported.json"]);
        const edited = await here.pulumi(line(here));
        assert.deepEqual(here.data(), kept, edited.all);
        const up = await here.pulumi(["up", "--yes", "--skip-preview"]);
        assert.deepEqual(holders(here.data()), holders(kept), `${edited.all}\n${up.all}`);
      });
    }
  });

  describe("what somebody has taken out of the state is taken over by the next up", () => {
    for (const type of [
      "kubernetes:helm.sh/v3:Release",
      "kubernetes:core/v1:Secret",
      "minikube:index:Namespace",
      "minikube:index:Cluster",
    ]) {
      it(type, async () => {
        const words = ["state", "delete", "--yes", "--force", "--target-dependents", here.urnOf(type)];
        const edited = await here.pulumi(words);
        assert.equal(edited.exitCode, 0, edited.all);
        const up = await here.pulumi(["up", "--yes", "--skip-preview"]);
        assert.equal(up.exitCode, 0, up.all);
        assert.deepEqual(here.data(), kept, up.all);
      });
    }
  });

  it("what changes nothing, many commands at a time: harmless", async () => {
    await here.set({ memory: 2048, namespace: "other" });
    await writeFile(join(here.folder, "exported.json"), "{}");
    const left = Object.entries(others);
    const work = async (): Promise<void> => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        const [name, line] = next;
        const { all } = await here.pulumi(line(here));
        assert.deepEqual(here.data(), kept, `after pulumi ${name}, or another one at the same time: ${all}`);
        assert.doesNotMatch(all, stackTrace, `pulumi ${name}`);
      }
    };
    await Promise.all([work(), work(), work(), work()]);
  });
});

describe("the matrix of commands and losses", function () {
  this.timeout("10m");

  it("knows every command of npm", () => {
    const { scripts } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as { scripts: object };
    const known = [...Object.keys(npmOperations), ...Object.keys(onCluster), ...withoutStack];
    const unknown = Object.keys(scripts).filter((name) => !known.includes(name));
    assert.deepEqual(unknown, [], "say in tests/full/data/commands.ts what these do where data would be lost");
  });

  it("knows every name in the shim's table of what runs an operation", () => {
    const running = [...effects.changes, ...effects.destroys, ...effects.previews];
    const known = [...Object.keys(operations), ...Object.keys(edits), ...Object.keys(others)].map(first);
    assert.deepEqual(
      running.filter((name) => !known.includes(name)),
      [],
    );
    for (const [name, { way }] of Object.entries(operations)) {
      assert.notEqual(effectOf([name]), "nothing", `${name} must be made ready for`);
      assert.equal(effectOf([name]) === "destroys", way === "asked", name);
    }
  });

  it("names a spec that is there for what is tried on a real cluster", () => {
    for (const [name, { spec, title }] of Object.entries(onCluster)) {
      assert.ok(existsSync(join(checkout, spec)), `${name}: there is no ${spec}`);
      assert.ok(readFileSync(join(checkout, spec), "utf8").includes(title), `${name}: ${spec} has no test "${title}"`);
    }
  });

  it("knows every command of Pulumi, by every name of it", async function () {
    const found = await execa("pulumi", ["version"], { reject: false, env: environment() });
    if (found.failed) {
      console.warn("the matrix of commands and losses: not compared with Pulumi itself, since there is none");
      this.skip();
    }
    const known = [...Object.keys(operations), ...Object.keys(edits), ...Object.keys(others)];
    const unknown = (await commandsOfPulumi([])).filter(
      (names) => !names.every((name) => known.some((line) => line === name || line.startsWith(`${name} `))),
    );
    assert.deepEqual(unknown, [], "say in tests/full/data/commands.ts what these do where data would be lost");
  });
});

const first = (line: string): string => line.split(" ")[0] ?? "";

/** Commands that run an operation count by each of their names; any other is one by whatever name. */
async function commandsOfPulumi(parents: string[]): Promise<string[][]> {
  const { stdout } = await execa("pulumi", [...parents, "--help"], { reject: false, env: environment() });
  // Other parts of a help have lines of that form too, such as a flag's values, and every word behind a command has
  // that command's help.
  const tables = stdout.split("\n\n").filter((part) => /^.*Commands:$/m.test(part.split("\n")[0] ?? ""));
  const names = tables
    .flatMap((table) => [...table.matchAll(/^ {2,4}([a-z][a-z-]+) {2,}\S/gm)])
    .map(([, name = ""]) => name);
  const below = [...new Set(names)].filter((name) => name !== "help");
  const aliases = /^Aliases:\n {2}(.*)$/m.exec(stdout)?.[1]?.split(", ") ?? [];
  const isOperation = parents.length === 1 && parents.some((name) => name in operations);
  const own = parents.length === 0 ? [] : [isOperation ? aliases.concat(parents) : [parents.join(" ")]];
  const inside: string[][] = [];
  for (const name of below) inside.push(...(await commandsOfPulumi([...parents, name])));
  return [...own, ...inside];
}
