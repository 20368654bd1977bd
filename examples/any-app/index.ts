// Brings up any Dockerfile with any chart: a cluster, an image built in it, a release of the chart, and a wait until
// its URL answers.
import process from "node:process";
import * as docker from "@pulumi/docker";
import * as kubernetes from "@pulumi/kubernetes";
import { contextFiles, hashOf } from "../../components/build-context/content-hash.ts";
import { Cluster, ControlPlane, Rollout } from "../../components/lib/minikube-resources.ts";
import { versions } from "../../versions.ts";

const [profile, port, nodePort] = ["any-app", 30180, 30080];
const kubeconfig = `${profile}.kubeconfig`;

const cluster = new Cluster("cluster", {
  profile,
  driver: "docker",
  cpus: 2,
  memory: 2200,
  kubernetesVersion: `v${versions.kubernetes}`,
  containerRuntime: "docker",
  ports: [`127.0.0.1:${port}:${nodePort}`],
  kubeconfig,
});
const { home, instance, dockerHost: host, dockerCertPath: certPath } = cluster;
const nodeStarted = cluster.nodeStarted.apply((time) => time ?? "");
const controlPlane = new ControlPlane(
  "control-plane",
  { profile, home, kubeconfig, instance, nodeStarted },
  { deletedWith: cluster },
);

// Named by what is in it, so that a change restarts the pods.
const platform = `linux/${process.arch === "x64" ? "amd64" : process.arch}`;
const image = new docker.Image(
  "image",
  { imageName: `any-app:${hashOf(contextFiles("app"))}`, build: { context: "app", platform }, skipPush: true },
  { provider: new docker.Provider("docker", { host, certPath }), deletedWith: cluster },
);

const provider = new kubernetes.Provider("kubernetes", { kubeconfig, context: profile }, { dependsOn: controlPlane });
const release = new kubernetes.helm.v3.Release(
  "release",
  {
    name: profile,
    namespace: "default",
    chart: "./chart",
    values: { image: image.imageName, nodePort },
    skipAwait: true,
  },
  { provider, deletedWith: cluster },
);

export const url = `http://localhost:${port}`;
new Rollout(
  "rollout",
  {
    release: release.name,
    revision: release.status.revision,
    instance,
    nodeStarted,
    url,
    answer: { path: "/hello", status: 200 },
    namespace: "default",
    kubeconfig,
    context: profile,
    home,
  },
  { deletedWith: cluster },
);
