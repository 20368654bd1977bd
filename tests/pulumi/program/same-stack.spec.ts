import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import type { Answer } from "../../../data/loss-agreement.ts";
import { cacheFolder, checkout } from "../../../machine/paths.ts";
import { installStandIn, pluginNames } from "../../../offline/stand-ins/install.ts";
import { FakeWorld } from "../../components/fake-world.ts";
import { ownEnvironment } from "../../helpers/pretended/own-environment.ts";

/**
 * With an empty `--client`, `npx pulumi` leaves the program to Pulumi and its language host, as plain `pulumi` does.
 */
const plain = "--client=";

/**
 * The program of this checkout, by the real Pulumi, with a Docker, a Minikube, a kubectl and a Helm that only pretend.
 */
describe("the stack by npx pulumi and by plain Pulumi", function () {
  this.timeout("5m");
  let folder: string;
  let world: FakeWorld;

  before(async () => {
    world = await FakeWorld.create();
    folder = await mkdtemp(join(tmpdir(), "todo-stack-"));
    for (const part of ["cli", "data", "machine", "offline", "pulumi", "setup", "state", "package.json", "Pulumi.yaml"])
      await cp(join(checkout, part), join(folder, part), { recursive: true });
    for (const part of [
      "node_modules",
      "provider",
      "components",
      "versions.ts",
      "policies",
      "charts",
      "index.ts",
      "config.ts",
    ])
      await symlink(join(checkout, part), join(folder, part));
    for (const name of ["backend", "frontend"]) {
      await mkdir(join(folder, "apps", name), { recursive: true });
      await writeFile(join(folder, "apps", name, "Dockerfile"), "FROM scratch");
    }
    await writeFile(join(folder, "Pulumi.dev.yaml"), `config:\n  todo-stack:port: ${world.app.port}\n`);
    // A cache with Pulumi alone: every other command is the one that pretends.
    const cache = join(folder, "cache", "todo-stack");
    await mkdir(join(cache, "tools"), { recursive: true });
    await cp(join(cacheFolder, "machine.json"), join(cache, "machine.json"));
    const { versions } = await import("../../../versions.ts");
    const tool = `tools/pulumi-${versions.pulumi}`;
    if (existsSync(join(cacheFolder, tool))) await symlink(join(cacheFolder, tool), join(cache, tool));
    // The official plugins ask an engine itself, where this Docker pretends on the command line alone.
    for (const name of pluginNames) await installStandIn(join(folder, ".state/pulumi-home/plugins"), name);
    await symlink(join(world.commands.folder, ".minikube"), join(cache, ".minikube"));
  });
  after(async () => {
    await world.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const node = async (...args: string[]) =>
    await execa(process.execPath, args, {
      cwd: folder,
      env: { ...ownEnvironment(), XDG_CACHE_HOME: join(folder, "cache") },
      extendEnv: false,
      reject: false,
      all: true,
      stdin: "ignore",
    });

  /** What `npx pulumi` prints, once it has succeeded. */
  const pulumi = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, all } = await node("cli/bin/pulumi.mjs", ...args);
    assert.equal(exitCode, 0, all);
    return stdout;
  };
  const up = ["up", "--yes", "--skip-preview"];

  /**
   * Leaves out what is random, of one moment, or says from which line of the SDK or of this checkout the program was
   * run.
   */
  const steady = (value: unknown): unknown => {
    if (Array.isArray(value))
      return value.map((each) => steady(each)).toSorted((one, other) => (text(one) < text(other) ? -1 : 1));
    if (typeof value === "string")
      return value.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{8,64}\b/g, "RANDOM");
    if (typeof value !== "object" || value === null) return value;
    const kept = Object.entries(value).filter(([name]) => !changing.includes(name));
    return Object.fromEntries(kept.map(([name, each]) => [name, steady(each)]));
  };
  const text = (value: unknown): string => JSON.stringify(value);
  const changing = [
    "sourcePosition",
    "stackTrace",
    "created",
    "modified",
    "ciphertext",
    "instance",
    "life",
    "id",
    "time",
  ];

  const plan = async (...flags: string[]): Promise<unknown[]> => {
    const { steps } = JSON.parse(await pulumi("preview", "--json", ...flags)) as { steps: object[] };
    return steady(steps) as unknown[];
  };

  const state = (): unknown[] => {
    const file = join(folder, ".state/.pulumi/stacks/todo-stack/dev.json");
    const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as {
      checkpoint: { latest: { resources: object[] } };
    };
    return steady(checkpoint.latest.resources) as unknown[];
  };

  it("is planned the same", async () => {
    const [own, plains] = [await plan(), await plan(plain)];
    assert.ok(own.length > 20, text(own));
    assert.deepEqual(own, plains);
  });

  it("comes to the same state, which neither finds anything to change in that the other has left", async () => {
    await pulumi(...up, plain);
    const plains = state();
    await pulumi(...up, "--expect-no-changes");
    await pulumi("destroy", "--yes", "--skip-preview");
    await pulumi(...up);
    assert.deepEqual(state(), plains);
    await pulumi(...up, "--expect-no-changes", plain);
    await pulumi("preview", "--expect-no-changes");
  });

  it("is asked for each loss, and runs again in the same process with the agreement", async () => {
    await pulumi(...up);
    await pulumi("config", "set", "memory", "4096");
    const script = `
      const { runPulumi } = await import("./pulumi/run-pulumi.ts");
      let asked = 0;
      const code = await runPulumi(["up", "--yes", "--skip-preview"], async (what) => {
        console.log("ASKED", what);
        return ANSWER;
      });
      process.exitCode = code;`;
    const ask = async (answer: Answer) =>
      await node("--input-type=module", "--eval", script.replace("ANSWER", JSON.stringify(answer)));
    const refused = await ask("stop");
    assert.equal(refused.exitCode, 1, refused.all);
    assert.match(refused.stdout, /ASKED A change of memory needs a new cluster: all data in todo will be lost/);
    assert.ok(existsSync(join(world.commands.folder, "container-todo")));
    const agreed = await ask("lose");
    assert.equal(agreed.exitCode, 0, agreed.all);
    assert.equal(agreed.stdout.split("ASKED").length - 1, 1, agreed.all);
    await pulumi(...up, "--expect-no-changes");
  });
});
