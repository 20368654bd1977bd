import { appendFileSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { readIfPossible } from "../provider/processes/files.ts";
import { cacheFolder } from "./paths.ts";

/** Each line is the id of a machine and a name that it has had: several machines may share a home folder. */
const record = join(cacheFolder, "host-names");

/**
 * Remembers the name that this machine has now. A laptop gets another one from each network that it joins, and Pulumi's
 * lock says only the name.
 */
export const rememberHostName = (): void => {
  if (isRecorded(hostname())) return;
  mkdirSync(cacheFolder, { recursive: true });
  appendFileSync(record, `${lineOf(hostname())}\n`);
};

/** Whether this machine has that name, or had it when one of this project's commands ran. */
export const isOwnHostName = (name: string): boolean => name === hostname() || isRecorded(name);

const lineOf = (name: string): string => `${machineId()} ${name}`;

const isRecorded = (name: string): boolean => readIfPossible(record)?.split("\n").includes(lineOf(name)) ?? false;

/** As systemd and others write it; macOS has no such file, and rarely a home folder on a network. */
const machineId = (): string => readIfPossible("/etc/machine-id")?.trim() ?? "";
