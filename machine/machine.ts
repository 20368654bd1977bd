import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { readJson } from "../provider/processes/files.ts";
import { machineFile } from "./paths.ts";
import { writeWhole } from "./private-files.ts";
import { versions } from "../versions.ts";

/** What set-up found out about this machine, once. */
export interface Machine {
  /** The hosts that did not answer. */
  unreachable: string[];
  /** The hosts that the user has said are not to be used. */
  without?: string[];
  /** Whether the set-up that found this out has not ended yet. One that was killed may have met a bad network. */
  tentative?: true;
}

/**
 * One small answer of each place that an ordinary set-up gets something from. Of a place that sends on to another one
 * it is a real file, since the other one has to answer too.
 */
const places = [
  `https://github.com/kubernetes/minikube/releases/download/v${versions.minikube}/minikube-linux-amd64.sha256`,
  "https://get.pulumi.com",
  "https://get.helm.sh/helm-latest-version",
  "https://dl.k8s.io/release/stable.txt",
  "https://storage.googleapis.com/minikube/releases/latest/minikube-linux-amd64.sha256",
  "https://registry.k8s.io/v2/",
  "https://registry-1.docker.io/v2/",
  "https://gcr.io/v2/",
];

const timeout = 8_000;

/** What was found out before; undefined before the first set-up. */
export const readMachine = (): Machine | undefined => readJson(machineFile) as Machine | undefined;

/**
 * Whether nothing can be had from a place, or is to be. Before the first set-up, everything can. @param place its URL.
 */
export const isOutOfReach = (place: string, machine = readMachine()): boolean =>
  outOfReach(machine).includes(new URL(place).host);

/** Whether the official releases of Pulumi's plugins are out of reach: there are two places for each. */
export const pluginsAreOutOfReach = (machine = readMachine()): boolean =>
  ["https://get.pulumi.com", "https://github.com"].every((place) => isOutOfReach(place, machine));

/**
 * Whether images of a cluster are out of reach, so that the archive has to be made here with which a new cluster
 * starts. Minikube's and Kubernetes' own are one need: Minikube has such an archive ready at one place, or puts it
 * together from three. Those of Docker Hub are pulled by the cluster, each when it is needed; there is no way to give
 * one to a cluster but by that archive.
 */
export const imagesAreOutOfReach = (machine = readMachine()): boolean => {
  const single = ["https://registry.k8s.io", "https://gcr.io", "https://dl.k8s.io"];
  return (
    isOutOfReach("https://registry-1.docker.io", machine) ||
    (isOutOfReach("https://storage.googleapis.com", machine) && single.some((place) => isOutOfReach(place, machine)))
  );
};

/** Every host from which nothing can be had, or is to be. */
export const outOfReach = (machine = readMachine()): string[] => [
  ...new Set([...(machine?.unreachable ?? []), ...(machine?.without ?? [])]),
];

/** Finds out which places answer, all at once. @param without hosts that are not to be used, and are not asked. */
export const lookAround = async (
  without: string[] = [],
  ask: (url: string) => Promise<boolean> = answers,
): Promise<Machine> => {
  const asked = places.filter((url) => !without.includes(new URL(url).host));
  const found = await Promise.all(asked.map(async (url) => ((await ask(url)) ? [] : [new URL(url).host])));
  return { unreachable: found.flat(), ...(without.length === 0 ? {} : { without }) };
};

/** Remembers what was found out: a cluster made one way cannot be gone on with the other way. */
export const rememberMachine = (machine: Machine): void => {
  mkdirSync(dirname(machineFile), { recursive: true });
  writeWhole(machineFile, `${JSON.stringify(machine, undefined, 2)}\n`);
};

/**
 * Does a set-up by what was found out about this machine, after a look if nothing is known yet. What a look finds is
 * kept once a set-up has ended well by it: whatever stood in the way of one that failed or was killed may have been the
 * network, and the next one looks again.
 */
export const setUpAfterLook = async (look: () => Promise<Machine>, work: () => Promise<void>): Promise<void> => {
  const known = readMachine();
  if (known !== undefined && known.tentative !== true) {
    await work();
    return;
  }
  const found = await look();
  rememberMachine({ ...found, tentative: true });
  try {
    await work();
  } catch (error) {
    rmSync(machineFile, { force: true });
    throw error;
  }
  rememberMachine(found);
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
