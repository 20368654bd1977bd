import { join } from "node:path";
import { filesIn } from "../../components/lib/content-hash.ts";
import { applications } from "../../components/lib/development.ts";
import { ignoreRules } from "../../components/lib/dockerignore.ts";
import { checkout } from "../paths.ts";
import { snapshotOf } from "./archive.ts";

/** A part of the application. */
export type Application = keyof typeof applications;

/** The code of an application. */
export interface Code {
  /** Its build context. */
  context: string;
  /** The folders in it that hold the code. */
  folders: string[];
}

/** Runs a script in the sidecar of a pod, and gives what it printed. */
export type Run = (script: string) => Promise<string>;

/** What was done to the copy of the code in a pod. */
export interface Copied {
  files: string[];
  removed: string[];
}

/** Where the sidecar of the chart has the volume that the code is copied into, and what tells it that all of it is there. */
const [volume, complete] = ["/source", ".complete"];

/** The code of an application in this checkout. */
export const codeOf = (application: Application): Code => {
  const { context, code } = applications[application];
  return { context: join(checkout, context), folders: code };
};

/** Copies all of the code, and removes what is not of it. */
export const copyAll = async ({ context, folders }: Code, run: Run): Promise<Copied> => {
  const rules = ignoreRules(context);
  const wanted = folders.flatMap((folder) => filesIn(context, rules, folder));
  const there = (await run(`cd ${volume} && find . ! -type d`)).split("\n").map((path) => path.replace("./", ""));
  const left = there.filter((path) => path !== "" && path !== complete && !wanted.includes(path));
  const { archive, files, missing } = await snapshotOf(context, wanted);
  const removed = [...left, ...missing];
  await run(script(archive, files, removed, `touch ${complete}`));
  return { files, removed };
};

/** Copies some paths of the code, and removes those at which there is nothing any more. */
export const copySome = async ({ context }: Code, paths: string[], run: Run): Promise<Copied> => {
  const { archive, files, missing: removed } = await snapshotOf(context, paths);
  if (files.length + removed.length > 0) await run(script(archive, files, removed));
  return { files, removed };
};

/** In words that the shells and tars of all base images know. */
const script = (archive: Buffer, files: string[], removed: string[], after?: string): string => {
  const steps = [`cd ${volume}`];
  if (files.length > 0) steps.push("base64 -d <<'END' | tar -xof -");
  if (removed.length > 0) steps.push(`rm -rf -- ${removed.map(quoted).join(" ")}`);
  if (after !== undefined) steps.push(after);
  const lines = [steps.join(" && ")];
  if (files.length > 0) lines.push(...(archive.toString("base64").match(/.{1,4096}/g) ?? []), "END");
  return lines.join("\n");
};

const quoted = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`;
