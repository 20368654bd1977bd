import assert from "node:assert/strict";
import { AppSecrets } from "../../components/app-secrets.ts";
import { MinikubeCluster } from "../../components/minikube-cluster.ts";
import { isSecret, MockEngine, valueOf } from "../helpers/mocks.ts";

describe("AppSecrets", () => {
  let engine: MockEngine;
  let secrets: AppSecrets;

  before(async () => {
    engine = await MockEngine.start({
      "minikube:index:Cluster": { instance: "life-1", dockerHost: "tcp://192.0.2.7:2376", dockerCertPath: "/certs" },
      "random:index/randomPassword:RandomPassword": { result: "c0ffee" },
    });
    const settings = { profile: "demo", driver: "docker", cpus: 2, memory: 2048, port: 30999 };
    secrets = new AppSecrets("todo", { namespace: "space", cluster: new MinikubeCluster("todo", settings) });
    await engine.settle();
  });

  it("makes the namespace, in which only hardened pods are let in", async () => {
    const namespace = engine.one("kubernetes:core/v1:Namespace");
    assert.deepEqual(namespace.inputs["metadata"], {
      name: "space",
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
    assert.equal(await valueOf(secrets.namespace), "space");
  });

  it("draws both secrets as passwords, not as RandomBytes, whose id is the secret in plain text", () => {
    const drawn = engine.registrations.filter(({ type }) => type.startsWith("random:"));
    assert.deepEqual(
      drawn.map(({ type, name, inputs }) => [type, name, inputs]),
      [
        ["random:index/randomPassword:RandomPassword", "todo-jwt-secret", { length: 64, special: false }],
        ["random:index/randomPassword:RandomPassword", "todo-database-password", { length: 32, special: false }],
      ],
    );
  });

  it("keeps every value secret on its way to the cluster", () => {
    const { stringData, metadata, type } = engine.one("kubernetes:core/v1:Secret").inputs;
    assert.ok(isSecret(stringData), "the values of the Secret must travel as secrets, or previews and state show them");
    assert.deepEqual((stringData as { value: unknown }).value, {
      DATABASE_URL: "postgresql+psycopg://todo:c0ffee@todo-postgres:5432/todo",
      JWT_SECRET: "c0ffee",
      POSTGRES_PASSWORD: "c0ffee",
    });
    assert.deepEqual(metadata, { name: "todo-secrets", namespace: "space" });
    assert.equal(type, "Opaque");
  });

  it("makes both anew in a new cluster, and asks no dead one to delete them", () => {
    for (const type of ["kubernetes:core/v1:Namespace", "kubernetes:core/v1:Secret"]) {
      const resource = engine.one(type);
      assert.equal(resource.provider, "todo-kubernetes", type);
      assert.equal(resource.deletedWith, "todo-kubernetes", type);
      assert.equal(resource.replacementTrigger, "life-1", type);
      assert.equal(resource.deleteBeforeReplace, true, type);
      assert.equal(resource.parent, "todo", type);
    }
  });
});
