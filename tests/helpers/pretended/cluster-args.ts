import type { MinikubeClusterArgs } from "../../../components/minikube-cluster.ts";

/** Arguments of a cluster with one node, as a stack with few settings gives them. */
export const clusterArgs: MinikubeClusterArgs = {
  profile: "demo",
  driver: "docker",
  cpus: 2,
  memory: 2048,
  nodes: 1,
  port: 30999,
  development: false,
};
