import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, realpathSync } from "node:fs";
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../processes/files.ts";
import { isMapping } from "../engine/marks.ts";
import type { DockerEngine } from "./docker/docker.ts";

/** The mark that a stack leaves in the folder of a Minikube profile that it made. */
export interface Mark {
  /** The checkout and the stack. */
  owner: string;
  /** The life of the cluster, see `instance` of the cluster's inputs. */
  instance: string;
  /** How it was made, once that is done: what is half-made is not worth keeping. */
  made?: Record<string, unknown>;
  /**
   * The Docker engine in which it is, with the docker driver; not known of clusters made before this was written down.
   */
  engine?: DockerEngine;
  /**
   * Docker's own name for the container of its first node: an upgrade of Docker may give the engine another name. Not
   * known of clusters made before this was written down.
   */
  container?: string;
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
  return nameOf(realpathSync(checkout), stackOf(urn));
}

/** The name of the stack that a resource is in. */
export const stackOf = (urn: string): string => urn.split("::")[0]?.split(":").at(-1) ?? "";

const nameOf = (checkout: string, stack: string): string => `${checkout} (stack ${stack})`;

/** Reads who made a profile; undefined when no stack of this project did, when there is none, or it cannot be read. */
export function readMark(profile: Profile): Mark | undefined {
  return [markPath(profile), copyPath(profile)].map(readJson).find(isMark);
}

/** A file that can be read may still hold something else. */
function isMark(found: unknown): found is Mark {
  return isMapping(found) && typeof found["owner"] === "string" && typeof found["instance"] === "string";
}

/** Marks a profile as made by this stack, before Minikube has made it and after. Never half-written, and kept twice. */
export function writeMark(profile: Profile, mark: Mark): void {
  mkdirSync(profileFolder(profile), { recursive: true });
  for (const path of [copyPath(profile), markPath(profile)]) {
    const draft = `${path}.draft`;
    writeFileSync(draft, `${JSON.stringify(mark)}\n`);
    // A power cut must not leave an empty file under the final name.
    const file = openSync(draft, "r+");
    fsyncSync(file);
    closeSync(file);
    renameSync(draft, path);
  }
}

/**
 * Says which stack a marked cluster belongs to. The stack whose state knows the cluster has it, so that a stack that
 * was renamed and a checkout that was moved keep theirs; a copy of a checkout does not get the cluster of the one it
 * was copied from.
 * @param owner who asks, see {@link ownerOf}.
 * @param instance the cluster that the state of `owner` knows; empty when it knows none.
 * @returns `owner` when it is theirs, else the stack that has it.
 */
export function holderOf(mark: Mark, owner: string, instance: string): string {
  const isOther = mark.owner !== owner;
  if (mark.instance === instance) return isOther && knows(mark.owner, instance) ? mark.owner : owner;
  if (isOther) return mark.owner;
  return neighboursOf(owner).find((other) => knows(other, mark.instance)) ?? owner;
}

/** Whether a marked profile is ours: the cluster in our state, or what an interrupted start of this stack left. */
export function isOurs(mark: Mark | undefined, owner: string, instance: string): boolean {
  return mark !== undefined && holderOf(mark, owner, instance) === owner;
}

/** As much as is read of Pulumi's state. */
interface State {
  checkpoint?: { latest?: { resources?: { type: string; inputs?: { instance?: string } }[] } };
}

/** Whether the state of a stack has a cluster in it, where Pulumi keeps states in the folder of the checkout. */
function knows(owner: string, instance: string): boolean {
  const { checkout, stack } = partsOf(owner);
  const resources = resourcesOf(checkout, stack);
  return resources.some(({ type, inputs }) => type === "minikube:index:Cluster" && inputs?.instance === instance);
}

const resourcesOf = (checkout: string, stack: string) => {
  const state = readJson(join(stateFolder(checkout), `${stack}.json`)) as State | undefined;
  return state?.checkpoint?.latest?.resources ?? [];
};

/** The other stacks of a checkout. */
function neighboursOf(owner: string): string[] {
  const { checkout, stack } = partsOf(owner);
  const folder = stateFolder(checkout);
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const stacks = files.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length));
  return stacks.filter((name) => name !== stack).map((name) => nameOf(checkout, name));
}

function partsOf(owner: string): { checkout: string; stack: string } {
  const [, checkout = "", stack = ""] = /^(.*) \(stack (.*)\)$/s.exec(owner) ?? [];
  return { checkout, stack };
}

const stateFolder = (checkout: string): string => join(checkout, ".state", ".pulumi", "stacks", "todo-stack");

/** The file in which a mark is. */
export function markPath(profile: Profile): string {
  return join(profileFolder(profile), "todo-stack.json");
}

const copyPath = (profile: Profile): string => `${markPath(profile)}.copy`;
