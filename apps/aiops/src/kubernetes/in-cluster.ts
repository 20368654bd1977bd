import type { KubeConfig } from "@kubernetes/client-node";
import { OperationError } from "../operation-error.ts";
import { uidOf } from "./access.ts";
import type { Entrance } from "./access.ts";
import { BoundedConfig } from "./bounded-config.ts";
import { reasonOf } from "./refusal.ts";

/** How long the API server may take for an answer, in milliseconds. */
const patience = 10_000;

/** The API server as a pod reaches it: by the token of its own service account, which the kubelet renews. */
export const configInCluster = (): KubeConfig => {
  const config = new BoundedConfig(patience);
  config.loadFromCluster();
  return config;
};

/** The way in of a pod. @throws OperationError when the namespace cannot be read. */
export const enter = async (config: KubeConfig, namespace: string): Promise<Entrance> => {
  const uid = await uidOf(config, namespace).catch((error: unknown) => {
    throw new OperationError(`The API server does not answer: ${reasonOf(error)}.`, undefined, error);
  });
  return {
    uid,
    rights: "those of the pod's own service account",
    use: (ask) => ask(config),
    uidNow: () => uidOf(config, namespace),
  };
};
