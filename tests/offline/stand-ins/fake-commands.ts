import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { createFixture } from "fs-fixture";

/** One call of a command that a test has put in place of the real one. */
export interface Call {
  args: string[];
  input: string;
  env: Record<string, string>;
}

/** Commands that stand first on PATH, remember how they were called and do what a test's shell script says. */
export class FakeCommands {
  readonly folder: string;
  readonly #path = process.env["PATH"] ?? "";

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param scripts the body of a POSIX shell script for each command; `$folder` is theirs to keep files in. */
  static async create(scripts: Record<string, string>): Promise<FakeCommands> {
    const fixture = await createFixture();
    const commands = new FakeCommands(fixture.path.replace(/\/$/, ""));
    for (const [name, script] of Object.entries(scripts)) await commands.replace(name, script);
    process.env["PATH"] = commands.folder + delimiter + commands.#path;
    return commands;
  }

  /** Gives a command another script. */
  async replace(name: string, script: string): Promise<void> {
    await mkdir(join(this.folder, "calls", name), { recursive: true });
    await writeFile(join(this.folder, `${name}.input`), "");
    await writeFile(join(this.folder, name), text(this.folder, name, script));
    await chmod(join(this.folder, name), 0o755);
  }

  /** The calls of a command, in order. */
  async calls(name: string): Promise<Call[]> {
    const folder = join(this.folder, "calls", name);
    const folders = (await readdir(folder)).toSorted();
    return Promise.all(
      folders.map(async (call) => {
        // A call that has just begun, or was killed, has not written all of it.
        const read = (part: string): Promise<string> => readFile(join(folder, call, part), "utf8").catch(() => "");
        const [args, input, env] = await Promise.all([read("args"), read("input"), read("env")]);
        const pairs = env.split("\n").flatMap((line) => (line.includes("=") ? [line.split(/=(.*)/s, 2)] : []));
        return { args: args.split("\n").slice(0, -1), input, env: Object.fromEntries(pairs) as Record<string, string> };
      }),
    );
  }

  /** All that commands were told on their command lines. */
  async commandLines(): Promise<string> {
    const names = await readdir(join(this.folder, "calls"));
    const calls = await Promise.all(names.map((name) => this.calls(name)));
    return calls
      .flat()
      .map((call) => call.args.join(" "))
      .join("\n");
  }

  /** Restores PATH. */
  restore(): void {
    process.env["PATH"] = this.#path;
  }
}

const text = (folder: string, name: string, script: string): string => `#!/bin/sh
PATH=/usr/bin:/bin
folder='${folder}'
call="$folder/calls/${name}/$(date +%s%N)-$$"
mkdir -p "$call"
env > "$call/env"
: > "$call/args"
for argument in "$@"; do printf '%s\\n' "$argument" >> "$call/args"; done
cat > "$call/input"
${script}
`;
