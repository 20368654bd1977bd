import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../../helpers/pretended/pretended-checkout.ts";
import type { PretendedCheckout } from "../../helpers/pretended/pretended-checkout.ts";
import type { Way } from "./commands.ts";

/** A way in which data may get lost. */
export interface Loss {
  /** Makes it be about to happen. */
  prepare: (here: PretendedCheckout) => Promise<unknown>;
  /** More words on the command line, for a command that takes them. */
  args?: (here: PretendedCheckout) => string[];
  /** What a refusal says. */
  says: RegExp;
  /** Where a command does something else than at other losses, by the name of the command. */
  but?: Record<string, Way>;
}

const cluster = "minikube:index:Cluster";
const namespace = "minikube:index:Namespace";
const nothing = (): Promise<void> => Promise.resolve();

/**
 * A setting that this cluster or namespace cannot get. Images are built without the namespace: those commands never
 * come to it.
 */
const setting = (key: string, value: string | number, says: RegExp): Loss => ({
  prepare: (here) => here.set({ [key]: value }),
  says,
});

const imagesAlone = { scan: "harmless", sbom: "harmless" } as const;
const anotherCluster = /all data in todo will be lost/;

/** Writes the mark of the cluster anew; undefined takes it away. */
const mark =
  (edit: ((mark: object) => object) | undefined): Loss["prepare"] =>
  async (here) => {
    for (const name of (await readdir(here.profile)).filter((file) => file.startsWith("todo-stack.json"))) {
      const path = join(here.profile, name);
      if (edit === undefined) await rm(path);
      else await writeFile(path, JSON.stringify(edit(here.mark())));
    }
  };

/** What a destroy may not remove either, because it would not be this stack's. */
const notOurs = /belongs to|It is not known which stack/;

export const losses: Record<string, Loss> = {
  "another namespace": {
    ...setting("namespace", "other", /all data in the namespace todo of todo will be lost/),
    but: imagesAlone,
  },
  "another driver": setting("driver", "virtualbox", anotherCluster),
  "other cpus": setting("cpus", 2, anotherCluster),
  "another memory": setting("memory", 2048, anotherCluster),
  "another port": { prepare: async (here) => here.set({ port: await freePort() }), says: anotherCluster },
  "a lower Kubernetes version": {
    prepare: (here) => here.edit("versions.ts", /kubernetes: "1\.\d+\.\d+"/, 'kubernetes: "1.30.0"'),
    says: anotherCluster,
  },
  "another Docker engine": { prepare: (here) => here.machine("engine", "engine-2"), says: /in another Docker engine/ },
  "a lost instance": { prepare: mark(undefined), says: notOurs },
  "a wrong instance": {
    prepare: mark((old) => ({ ...old, owner: "/elsewhere (stack other)", instance: "00000000" })),
    says: notOurs,
  },
  "a cluster that is told to be replaced": {
    prepare: nothing,
    args: (here) => ["--target-replace", here.urnOf(cluster), "--target-dependents"],
    says: anotherCluster,
  },
  "a namespace that is told to be replaced": {
    prepare: nothing,
    args: (here) => ["--target-replace", here.urnOf(namespace)],
    says: /all data in the namespace todo of todo will be lost/,
  },
  "a tainted cluster": {
    prepare: (here) => here.pulumi(["state", "taint", "--yes", here.urnOf(cluster)]),
    says: anotherCluster,
  },
  "a tainted namespace": {
    prepare: (here) => here.pulumi(["state", "taint", "--yes", here.urnOf(namespace)]),
    says: /all data in the namespace todo of todo will be lost/,
    but: imagesAlone,
  },
  "a program without its resources": {
    prepare: (here) => writeFile(join(here.folder, "index.ts"), "export {};\n"),
    says: /does not register the (cluster|namespace) todo any more/,
    but: imagesAlone,
  },
  "a stack that was removed": {
    prepare: (here) => rm(here.stateFile),
    says: /^/,
    // It is taken over, with its data.
    but: {
      up: "harmless",
      update: "harmless",
      start: "harmless",
      rotate: "harmless",
      scan: "harmless",
      sbom: "harmless",
    },
  },
};

/** The same losses, as many at once as there can be. */
export const combined: Record<string, Loss> = {
  "other settings, and a lower Kubernetes version": {
    prepare: async (here) => {
      await losses["a lower Kubernetes version"]?.prepare(here);
      await here.set({ namespace: "other", driver: "virtualbox", cpus: 2, memory: 2048, port: await freePort() });
    },
    says: anotherCluster,
  },
  "a tainted cluster and namespace": {
    prepare: (here) => here.pulumi(["state", "taint", "--yes", here.urnOf(cluster), here.urnOf(namespace)]),
    says: anotherCluster,
  },
  ...Object.fromEntries(
    Object.entries(losses).filter(([what]) =>
      /Docker engine|instance|told to be replaced|without its resources|was removed/.test(what),
    ),
  ),
};
