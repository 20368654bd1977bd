import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { profileFolder } from "../ownership.ts";
import type { Profile } from "../ownership.ts";
import { readJson } from "../../processes/files.ts";

/** What Minikube knows about a profile. It writes these files in place: a power cut may leave one half-written. */
function files(profile: Profile): string[] {
  return [join(profileFolder(profile), "config.json"), join(profile.home, "machines", profile.profile, "config.json")];
}

const copyOf = (file: string): string => `${file}.todo-stack`;

/** Keeps a copy of what Minikube knows about a cluster that works. */
export function keepCopy(profile: Profile): void {
  for (const file of files(profile)) if (isWhole(file)) copyFileSync(file, copyOf(file));
}

/** Whether Minikube's files about a profile are lost or damaged, and can be put back. */
export function canBeRepaired(profile: Profile): boolean {
  return files(profile).some((file) => !isWhole(file) && existsSync(copyOf(file)));
}

/** Puts back what is lost or damaged. */
export function repair(profile: Profile): void {
  for (const file of files(profile)) if (!isWhole(file) && existsSync(copyOf(file))) copyFileSync(copyOf(file), file);
}

const isWhole = (file: string): boolean => readJson(file) !== undefined;
