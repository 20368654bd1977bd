import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { ExistingCluster } from "../../components/existing-cluster.ts";
import type { ExistingClusterArgs } from "../../components/existing-cluster.ts";
import { isSecret, MockEngine, valueOf } from "../helpers/pretended/mocks.ts";

/** As much as is read of the chart's values. */
interface Chart {
  backend: { replicas: number; service: { sessionAffinity: string }; image: { repository: string } };
  frontend: { service: { nodePort?: number } };
  ingress: { className: string; host: string };
  global: { nodeSelector: object };
}

const id = "3f2c0a4e-0000-4000-8000-000000000001";
const owner = "todo-stack/test/1a2b3c4d";
const outputs = {
  "minikube:index:ExistingCluster": { owner },
  "minikube:index:Namespace": { life: id },
  "minikube:index:ReleasePresence": { life: id, repairs: 0 },
  "kubernetes:helm.sh/v3:Release": { status: { revision: 7 } },
  "random:index/randomPassword:RandomPassword": { result: "c0ffee" },
};
const settings = {
  target: "kubernetes",
  context: "prod",
  clusterId: id,
  registry: "ghcr.io/acme",
  host: "todo.example.com",
};

describe("the program in a cluster that is there", () => {
  let engine: MockEngine;
  let exports: Record<string, unknown>;

  before(async () => {
    engine = await MockEngine.start(outputs);
    const more = { registryUser: "puller", registryPassword: "t0ken", values: "charts/todo/examples/k3s.yaml" };
    const config = Object.entries({ ...settings, ...more }).map(([key, value]) => [`todo-stack:${key}`, value]);
    pulumi.runtime.setAllConfig(Object.fromEntries(config) as Record<string, string>, ["todo-stack:registryPassword"]);
    // Another instance of the module than that of the other tests.
    const again = "../../index.ts?existing";
    exports = (await import(again)) as Record<string, unknown>;
    await engine.settle();
    pulumi.runtime.setAllConfig({});
  });

  it("makes and starts no cluster, and needs no Docker of a node", () => {
    const types = engine.registrations.map(({ type }) => type);
    const ofMinikube = /Cluster$|ControlPlane|ImagePresence|docker/;
    assert.deepEqual(
      types.filter((type) => ofMinikube.test(type) && !type.endsWith(":ExistingCluster")),
      [],
    );
  });

  it("knows the cluster by context and id", async () => {
    const kubeconfig = ".state/test.cluster";
    const { inputs } = engine.one("minikube:index:ExistingCluster");
    const where = { kubeconfig, context: "prod", clusterId: id };
    assert.deepEqual(inputs, {
      ...where,
      namespace: "todo",
      registry: "ghcr.io/acme",
      platform: "linux/amd64",
      isPreview: false,
    });
    const api = engine.one("pulumi:providers:kubernetes");
    assert.deepEqual(api.inputs, { kubeconfig, context: "prod", clusterIdentifier: id });
    assert.deepEqual(api.dependencies, ["todo-existing-cluster"]);
    for (const type of ["Namespace", "ReleasePresence", "Rollout"]) {
      const found = engine.one(`minikube:index:${type}`).inputs;
      assert.deepEqual([found["kubeconfig"], found["context"], found["clusterId"]], [kubeconfig, "prod", id], type);
    }
    assert.equal(engine.one("minikube:index:Namespace").inputs["owner"], owner);
    assert.equal(await valueOf(exports["url"] as pulumi.Output<string>), "https://todo.example.com");
  });

  it("pushes images by the hash of their files and their architecture", () => {
    assert.match(String(exports["backendImage"]), /^ghcr\.io\/acme\/todo-backend:[0-9a-f]{16}-amd64$/);
    const { inputs } = engine.one("minikube:index:PushedImage", "todo-backend-image");
    assert.deepEqual(Object.keys(inputs).toSorted(), ["context", "files", "image", "platform"]);
    assert.equal(inputs["image"], exports["backendImage"]);
    const { dependencies } = engine.one("kubernetes:helm.sh/v3:Release");
    for (const name of ["todo-backend-image", "todo-frontend-image"]) assert.ok(dependencies.includes(name), name);
  });

  it("lets nodes pull by a Secret, in which the password is", () => {
    const secret = engine.one("kubernetes:core/v1:Secret", "todo-registry-secret").inputs;
    assert.equal(secret["type"], "kubernetes.io/dockerconfigjson");
    assert.ok(isSecret(secret["stringData"]));
    const { values } = engine.one("kubernetes:helm.sh/v3:Release").inputs as { values: { global: object } };
    const { name } = secret["metadata"] as { name: string };
    assert.deepEqual((values.global as { imagePullSecrets: string[] }).imagePullSecrets, [name]);
  });

  it("gives the chart the values of production, under the stack's file, under its settings", () => {
    const values = parse(JSON.stringify(engine.one("kubernetes:helm.sh/v3:Release").inputs["values"])) as Chart;
    const production = parse(readFileSync("charts/todo/values-prod.yaml", "utf8")) as Chart;
    assert.equal(values.backend.replicas, production.backend.replicas);
    assert.equal(values.backend.service.sessionAffinity, "None");
    assert.match(values.backend.image.repository, /^ghcr\.io\/acme\/todo-backend$/);
    assert.equal(values.ingress.className, "traefik", "what the stack's file says");
    assert.equal(values.ingress.host, "todo.example.com", "what its settings say");
    assert.equal(values.frontend.service.nodePort, undefined);
    assert.deepEqual(values.global.nodeSelector, { "kubernetes.io/arch": "amd64" });
  });

  it("asks Kubernetes itself to delete what is in it, which nothing takes along", () => {
    const secrets = engine.registrations.filter(({ type }) => type === "kubernetes:core/v1:Secret");
    assert.deepEqual([...new Set(secrets.map(({ deletedWith }) => deletedWith))], [undefined]);
  });
});

describe("ExistingCluster", () => {
  const args: ExistingClusterArgs = {
    ...{ context: "prod", clusterId: id, registry: "ghcr.io/acme", platform: "linux/arm64", host: "todo.example.com" },
    ...{ ingressClass: "", gateway: "", tlsSecret: "", certIssuer: "", storageClass: "", values: {} },
    ...{ registryLogin: undefined, namespace: "todo" },
  };
  const valuesOf = async (changes: Partial<ExistingClusterArgs>) => {
    await MockEngine.start(outputs);
    return parse(JSON.stringify(new ExistingCluster("todo", { ...args, ...changes }).values));
  };

  it("protects the namespace, which holds the data", async () => {
    await MockEngine.start(outputs);
    assert.equal(new ExistingCluster("todo", args).inCluster.protect, true);
  });

  it("is reached by an Ingress, with the certificate that the settings name", async () => {
    const { ingress } = await valuesOf({ ingressClass: "alb", tlsSecret: "mine" });
    assert.deepEqual(ingress, {
      enabled: true,
      className: "alb",
      host: "todo.example.com",
      tls: { enabled: true, secretName: "mine" },
    });
    const issued = await valuesOf({ certIssuer: "letsencrypt" });
    assert.deepEqual(issued["ingress"].tls, { enabled: true, secretName: "", issuer: "letsencrypt" });
  });

  it("is reached by a Gateway in place of that", async () => {
    const { ingress, gateway } = await valuesOf({ gateway: "infra/public" });
    assert.equal(ingress.enabled, false);
    const expected = {
      enabled: true,
      namespace: "infra",
      name: "public",
      host: "todo.example.com",
      proxyNamespace: "infra",
    };
    assert.deepEqual(gateway, expected);
  });

  it("lets in what the stack's file says that the Gateway serves by", async () => {
    const values = { gateway: { proxyNamespace: "" }, networkPolicy: { proxies: ["35.191.0.0/16"] } };
    const { gateway } = await valuesOf({ gateway: "infra/public", values });
    assert.equal(gateway.proxyNamespace, "");
    assert.equal(gateway.namespace, "infra");
  });

  it("keeps the database on the class of volumes that the settings name, and pods on nodes that run them", async () => {
    const { postgres, global } = await valuesOf({ storageClass: "gp3" });
    assert.equal(postgres.storage.className, "gp3");
    assert.deepEqual(global.nodeSelector, { "kubernetes.io/arch": "arm64" });
  });
});
