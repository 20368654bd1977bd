import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The mark that a stack leaves in the folder of a Minikube profile that it made. */
export interface Mark {
  /** The checkout and the stack. */
  owner: string;
  /** The life of the cluster, see `instance` of the cluster's inputs. */
  instance: string;
  /** How it was made, once that is done: what is half-made is not worth keeping. */
  made?: Record<string, unknown>;
}

/** Where Minikube keeps a profile. */
export interface Profile {
  /** Minikube's home, which ends in `.minikube`. */
  home: string;
  profile: string;
}

/** The folder of a profile. */
export function profileFolder({ home, profile }: Profile): string {
  return join(home, "profiles", profile);
}

/** Says who a resource belongs to: this checkout, where the engine starts the provider, and the stack in the URN. */
export function ownerOf(urn: string, checkout: string = process.cwd()): string {
  const stack = urn.split("::")[0]?.split(":").at(-1) ?? "";
  return `${realpathSync(checkout)} (stack ${stack})`;
}

/** Reads who made a profile; undefined when no stack of this project did, when there is none, or it cannot be read. */
export function readMark(profile: Profile): Mark | undefined {
  try {
    return JSON.parse(readFileSync(markPath(profile), "utf8")) as Mark;
  } catch {
    return undefined;
  }
}

/** Marks a profile as made by this stack, before Minikube has made it and after. Never half-written. */
export function writeMark(profile: Profile, mark: Mark): void {
  mkdirSync(profileFolder(profile), { recursive: true });
  const draft = `${markPath(profile)}.draft`;
  writeFileSync(draft, `${JSON.stringify(mark)}\n`);
  renameSync(draft, markPath(profile));
}

/** Whether a marked profile is ours: the cluster in our state, or what an interrupted start of this stack left. */
export function isOurs(mark: Mark | undefined, owner: string, instance: string): boolean {
  return mark !== undefined && (mark.instance === instance || mark.owner === owner);
}

function markPath(profile: Profile): string {
  return join(profileFolder(profile), "todo-stack.json");
}
