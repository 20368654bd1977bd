import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { machineFile } from "./paths.ts";

/** What set-up found out about this machine, once. */
export interface Machine {
  /** The places that did not answer. */
  unreachable: string[];
}

/** Release pages and image registries that an ordinary set-up needs: one small answer of each. */
const places = [
  "https://github.com",
  "https://get.pulumi.com",
  "https://get.helm.sh/helm-latest-version",
  "https://dl.k8s.io/release/stable.txt",
  "https://registry.k8s.io/v2/",
  "https://registry-1.docker.io/v2/",
  "https://gcr.io/v2/",
];

const timeout = 8_000;

/** What was found out before; undefined before the first set-up. */
export const readMachine = (): Machine | undefined => {
  try {
    return JSON.parse(readFileSync(machineFile, "utf8")) as Machine;
  } catch {
    return undefined;
  }
};

/**
 * True where official releases or images are out of reach, so that everything comes from package registries and the
 * Pulumi plugins are stand-ins. False before the first set-up.
 */
export const isRegistryOnly = (machine = readMachine()): boolean => (machine?.unreachable.length ?? 0) > 0;

/** Finds out which places answer, all at once. */
export const lookAround = async (ask: (url: string) => Promise<boolean> = answers): Promise<Machine> => {
  const found = await Promise.all(places.map(async (url) => ((await ask(url)) ? [] : [new URL(url).host])));
  return { unreachable: found.flat() };
};

/** Remembers what was found out: a cluster made one way cannot be gone on with the other way. */
export const rememberMachine = (machine: Machine): void => {
  mkdirSync(dirname(machineFile), { recursive: true });
  writeFileSync(machineFile, `${JSON.stringify(machine, undefined, 2)}\n`);
};

/** Forgets what was found out, so that the next set-up looks again. */
export const forgetMachine = (): void => {
  rmSync(machineFile, { force: true });
};

/** A registry that asks who we are (401) has answered; a proxy that forbids (403, 407) has not. */
export const answers = async (url: string): Promise<boolean> => {
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    try {
      const { ok, status } = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(timeout) });
      return ok || status === 401;
    } catch {
      // Tried once more: one lost packet must not cost half an hour of building.
    }
  }
  return false;
};

/** One sentence for a message. */
export const whyRegistryOnly = (machine: Machine): string =>
  `${machine.unreachable.join(", ")} cannot be reached from this machine`;
