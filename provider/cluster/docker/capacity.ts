import { availableParallelism, totalmem } from "node:os";
import type { Commands } from "../../processes/commands.ts";
import { dockerCapacity } from "./docker.ts";
import type { Capacity } from "./docker.ts";
import { UserError } from "../../processes/errors.ts";

const least: Capacity = { cpus: 2, memory: 2048 };

/** What there is for a cluster: all of the Docker engine with the docker driver, else of the machine. */
export async function availableCapacity(commands: Commands, driver: string): Promise<Capacity> {
  if (driver === "docker") return await dockerCapacity(commands);
  return { cpus: availableParallelism(), memory: Math.floor(totalmem() / 2 ** 20) };
}

/**
 * Lowers what a cluster asks for to what there is: all CPUs, and three quarters of the memory.
 * @param inform is given a line for each that is lowered.
 * @throws UserError when there is less than 2 CPUs or 2048 MB.
 */
export function fit(asked: Capacity, available: Capacity, inform: (line: string) => void): Capacity {
  if (available.cpus < least.cpus || available.memory < least.memory) {
    throw new UserError(
      `There are ${available.cpus} CPUs and ${available.memory} MB for a cluster that needs at least 2 CPUs and 2048 MB.`,
      "Give Docker more, in its settings, or use a larger machine.",
    );
  }
  // Not the very last megabyte, which the machine itself needs; in steps that read well.
  const spare = Math.max(least.memory, Math.floor((available.memory * 0.75) / 256) * 256);
  const cpus = Math.min(asked.cpus, available.cpus);
  const memory = asked.memory > available.memory ? spare : asked.memory;
  if (cpus < asked.cpus) inform(`There are ${available.cpus} CPUs: the cluster gets ${cpus} instead of ${asked.cpus}.`);
  if (memory < asked.memory) {
    inform(`There are ${available.memory} MB: the cluster gets ${memory} MB instead of ${asked.memory} MB.`);
  }
  return { cpus, memory };
}
