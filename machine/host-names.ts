import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "./paths.ts";

/** A line for each name that this machine has had, behind what tells it from others that have the same home folder. */
const record = join(cacheFolder, "host-names");

/**
 * Remembers the name that this machine has now. A laptop gets another one from each network that it joins, and Pulumi's lock
 * says only the name.
 */
export const rememberHostName = (file: string = record, name: string = hostname()): void => {
  if (isRecorded(name, file)) return;
  mkdirSync(join(file, ".."), { recursive: true });
  appendFileSync(file, `${lineOf(name)}\n`);
};

/** Whether this machine has that name, or had it when one of this project's commands ran. */
export const isOwnHostName = (name: string, file: string = record): boolean =>
  name === hostname() || isRecorded(name, file);

const lineOf = (name: string): string => `${machineId()} ${name}`;

const isRecorded = (name: string, file: string): boolean => {
  try {
    return readFileSync(file, "utf8").split("\n").includes(lineOf(name));
  } catch {
    return false;
  }
};

/** As systemd and others write it; macOS has no such file, and rarely a home folder on a network. */
const machineId = (): string => {
  try {
    return readFileSync("/etc/machine-id", "utf8").trim();
  } catch {
    return "";
  }
};
