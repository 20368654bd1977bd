import { readFileSync, writeFileSync } from "node:fs";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { checkout } from "../../../machine/paths.ts";
import { ownEnvironment } from "../../helpers/pretended/own-environment.ts";

const startIn = (cwd: string, script: string, args: string[], env: NodeJS.ProcessEnv) =>
  execa(process.execPath, [script, ...args], {
    cwd,
    env: { ...ownEnvironment(), ...env },
    extendEnv: false,
    reject: false,
    all: true,
    stdin: "ignore",
  });

/**
 * A project with the commands of this one, a program of a few lines, and no need of Docker. The real Pulumi runs it, as
 * `npx pulumi` does.
 */
export class SmallCheckout {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(program: string): Promise<SmallCheckout> {
    const folder = await mkdtemp(join(tmpdir(), "todo-stack-"));
    for (const part of ["cli", "data", "machine", "offline", "pulumi", "setup", "state", "package.json"])
      await cp(join(checkout, part), join(folder, part), { recursive: true });
    for (const part of ["node_modules", "provider", "components", "versions.ts", "policies", "config.ts"])
      await symlink(join(checkout, part), join(folder, part));
    const small = new SmallCheckout(folder);
    small.write("Pulumi.dev.yaml", "config: {}\n");
    small.write(
      "Pulumi.yaml",
      "name: todo-stack\nmain: index.ts\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
    small.program(program);
    return small;
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** Gives the project another program. */
  program(text: string): void {
    this.write("index.ts", `import * as pulumi from "@pulumi/pulumi";\n${text}`);
  }

  /** Starts `npx pulumi` with a command line. It goes on until it ends by itself, and never rejects. */
  start(args: string[], env: NodeJS.ProcessEnv = {}, cwd: string = this.folder): ReturnType<typeof startIn> {
    return startIn(cwd, join(this.folder, "cli/bin/pulumi.mjs"), args, env);
  }

  /** The resources in the state, by type and name. */
  resources(): string[] {
    const text = readFileSync(join(this.folder, ".state/.pulumi/stacks/todo-stack/dev.json"), "utf8");
    const { checkpoint } = JSON.parse(text) as { checkpoint: { latest?: { resources?: { urn: string }[] } } };
    return (checkpoint.latest?.resources ?? []).map(({ urn }) => urn.split("::").slice(2).join(" "));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
