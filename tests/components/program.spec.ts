import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { chartHash } from "../../components/lib/content-hash.ts";
import { MockEngine, valueOf } from "../helpers/mocks.ts";

/** The whole of index.ts, as one engine sees it. */
describe("the program", () => {
  let engine: MockEngine;
  let exports: Record<string, unknown>;

  before(async () => {
    engine = await MockEngine.start({
      "minikube:index:Cluster": { instance: "life-1", dockerHost: "tcp://192.0.2.7:2376", dockerCertPath: "/certs" },
      "minikube:index:ImagePresence": { builds: 1 },
      "minikube:index:ReleasePresence": { life: "life-1.2", repairs: 3 },
      "kubernetes:helm.sh/v3:Release": { status: { revision: 7 } },
      "random:index/randomPassword:RandomPassword": { result: "c0ffee" },
    });
    pulumi.runtime.setAllConfig({ "todo-stack:port": "30999", "todo-stack:namespace": "space" });
    exports = await import("../../index.ts");
    await engine.settle();
  });

  after(() => pulumi.runtime.setAllConfig({}));

  it("U6: exports the URL, both images and the namespace, and nothing else", async () => {
    assert.deepEqual(Object.keys(exports).toSorted(), ["backendImage", "frontendImage", "namespace", "url"]);
    assert.equal(await valueOf(exports["url"] as pulumi.Output<string>), "http://localhost:30999");
    assert.equal(await valueOf(exports["namespace"] as pulumi.Output<string>), "space");
    assert.match(String(exports["backendImage"]), /^todo-backend:[0-9a-f]{16}$/);
    assert.match(String(exports["frontendImage"]), /^todo-frontend:[0-9a-f]{16}$/);
  });

  it("reaches Docker and Kubernetes by the cluster's own providers alone", () => {
    const foreign = engine.registrations.filter(
      ({ type, provider }) => /^(docker|kubernetes):/.test(type) && !/^todo-(docker|kubernetes)$/.test(provider ?? ""),
    );
    assert.deepEqual(
      foreign.map(({ name }) => name),
      [],
      "these would go to the user's own cluster or daemon",
    );
  });

  it("U5: releases the chart after secrets and both images", () => {
    const { dependencies } = engine.one("kubernetes:helm.sh/v3:Release");
    for (const name of [
      "todo-backend-image",
      "todo-frontend-image",
      "todo-backend-secret",
      "todo-postgres-secret",
      "todo-namespace",
    ]) {
      assert.ok(dependencies.includes(name), `the release must wait for ${name}, but waits for ${dependencies.join()}`);
    }
  });

  it("C2: gives the chart both images and the names of the Secrets, and no secret", () => {
    const { inputs } = engine.one("kubernetes:helm.sh/v3:Release");
    const nameOf = (secret: string): unknown =>
      (engine.one("kubernetes:core/v1:Secret", secret).inputs["metadata"] as { name: unknown }).name;
    const [backend, frontend] = [String(exports["backendImage"]), String(exports["frontendImage"])];
    assert.deepEqual(inputs["values"], {
      secrets: { backend: nameOf("todo-backend-secret"), postgres: nameOf("todo-postgres-secret") },
      backend: {
        replicas: 1,
        image: { repository: "todo-backend", tag: backend.split(":")[1] },
        config: { llmBaseUrl: "", llmModel: "" },
      },
      frontend: {
        replicas: 1,
        image: { repository: "todo-frontend", tag: frontend.split(":")[1] },
        service: { nodePort: 30080 },
      },
      postgres: { enabled: true },
      networkPolicy: { backendEgress: [] },
    });
    assert.ok(!JSON.stringify(inputs).includes("c0ffee"));
  });

  it("tells the release of every edit of the chart, and of every repair", () => {
    const { inputs } = engine.one("kubernetes:helm.sh/v3:Release");
    assert.equal(inputs["description"], `chart ${chartHash("charts/todo").slice(0, 16)}, repair 3`);
    assert.equal(inputs["chart"], "./charts/todo");
    assert.equal(inputs["name"], "todo");
    assert.equal(inputs["namespace"], "space");
  });

  it("waits until the new revision is healthy, in place of Helm", () => {
    assert.equal(engine.one("kubernetes:helm.sh/v3:Release").inputs["skipAwait"], true);
    const { inputs } = engine.one("minikube:index:Rollout");
    assert.equal(inputs["release"], "todo");
    assert.equal(inputs["namespace"], "space");
    assert.equal(inputs["revision"], 7);
    assert.equal(inputs["url"], "http://localhost:30999");
    assert.equal(inputs["kubeconfig"], engine.one("minikube:index:ReleasePresence").inputs["kubeconfig"]);
  });

  it("never uninstalls the release: it goes with its namespace, and from a new cluster it cannot be", () => {
    const release = engine.one("kubernetes:helm.sh/v3:Release");
    assert.equal(release.retainOnDelete, true);
    assert.equal(release.deleteBeforeReplace, true);
    assert.equal(release.replacementTrigger, "life-1.2", "a release that is gone must be installed anew");
  });

  it("holds everything in components", () => {
    const loose = engine.registrations.filter(
      ({ type, parent }) => !type.startsWith("todo-stack:") && parent === undefined,
    );
    assert.deepEqual(
      loose.map(({ name }) => name),
      [],
    );
  });
});
