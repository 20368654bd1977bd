import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { environment } from "../../../machine/tool-environment.ts";
import { cacheFolder } from "../../../machine/paths.ts";
import type { ClusterView } from "../../helpers/cluster/cluster-view.ts";

/**
 * Types what docs/secrets.md says about encryption at rest.
 * @param folder a checkout whose stack is up.
 */
export async function typeRecipe(folder: string, profile: string): Promise<void> {
  const page = await readFile(join(folder, "docs/secrets.md"), "utf8");
  const recipe = /^## Encryption at rest$[^]*?^```\n(profile=todo\n[^]*?)^```$/m.exec(page)?.[1];
  assert.ok(recipe !== undefined, "docs/secrets.md must have its recipe for encryption at rest, in a block of its own");
  const script = `set -eu\n${recipe.replace("profile=todo\n", `profile=${profile}\n`)}`;
  // As a user's shell: without what this project's commands know of their tools and homes.
  const { PATH: _path, MINIKUBE_HOME: _home, ...rest } = environment();
  const path = (process.env["PATH"] ?? "").split(":").filter((entry) => !entry.startsWith(cacheFolder));
  const env = { ...rest, PATH: path.join(":") };
  const { exitCode, all } = await execa("sh", ["-c", script], {
    cwd: folder,
    env,
    extendEnv: false,
    all: true,
    reject: false,
  });
  assert.equal(exitCode, 0, all);
}

/** Every value of the stack's own Secrets. */
export async function secretValues({ core, namespace }: ClusterView): Promise<string[]> {
  const { items } = await core.listNamespacedSecret({ namespace, fieldSelector: "type=Opaque" });
  const values = items.flatMap(({ data }) => Object.values(data ?? {}));
  return values.map((value) => Buffer.from(value, "base64").toString());
}

/** How many of the texts stand somewhere in the files of a cluster's etcd, its log and older records included. */
export async function countInEtcd(profile: string, texts: string[]): Promise<number> {
  const forms = texts.flatMap((text) => [text, Buffer.from(text).toString("base64")]);
  // The texts come by standard input, since arguments of processes can be read by others.
  const search = ["grep", "--recursive", "--text", "--only-matching", "--no-filename", "--fixed-strings", "--file=-"];
  const result = await execa("docker", ["exec", "-i", profile, ...search, "/var/lib/minikube/etcd"], {
    input: forms.join("\n"),
    reject: false,
  });
  assert.ok(result.exitCode === 0 || result.exitCode === 1, `etcd's files must be searched: ${result.stderr}`);
  const found = new Set(result.stdout.split("\n"));
  return texts.filter((text) => found.has(text) || found.has(Buffer.from(text).toString("base64"))).length;
}
