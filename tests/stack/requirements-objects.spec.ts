import assert from "node:assert/strict";
import { stack } from "./support/stack.ts";

const components = ["postgres", "backend", "frontend"];

/** What the API server holds of the release, beyond what a rendered chart can show. */
describe("the objects of the release", function () {
  this.timeout("1m");

  it("H3: every pod and Service carries the recommended labels", async () => {
    const { core, namespace } = stack.cluster;
    const objects = [
      ...(await core.listNamespacedPod({ namespace })).items,
      ...(await core.listNamespacedService({ namespace })).items,
    ];
    assert.ok(objects.length >= 6, "there must be three pods and three Services");
    for (const { metadata } of objects) {
      const labels = metadata?.labels ?? {};
      assert.equal(labels["app.kubernetes.io/name"], "todo", `${metadata?.name ?? ""} must say what it belongs to`);
      const component = labels["app.kubernetes.io/component"] ?? "";
      assert.ok(components.includes(component), `${metadata?.name ?? ""} must say which component it is`);
    }
  });

  it("H4: the backend is ClusterIP 8000, the frontend NodePort 30080, and a client stays on its pod for three hours", async () => {
    const { core, namespace } = stack.cluster;
    for (const [name, type, port, nodePort] of [
      ["todo-backend", "ClusterIP", 8000, undefined],
      ["todo-frontend", "NodePort", 3000, 30080],
    ] as const) {
      const { spec } = await core.readNamespacedService({ name, namespace });
      assert.equal(spec?.type, type);
      assert.deepEqual(
        spec.ports?.map((each) => [each.name, each.port, each.nodePort]),
        [["http", port, nodePort]],
      );
      assert.equal(spec.sessionAffinity, "ClientIP");
      assert.equal(spec.sessionAffinityConfig?.clientIP?.timeoutSeconds, 10_800);
    }
  });

  it("H6: everything lives in the namespace todo, and nothing of it elsewhere", async () => {
    const { core, namespace } = stack.cluster;
    assert.equal(namespace, "todo");
    const labelSelector = "app.kubernetes.io/name=todo";
    const { items } = await core.listPodForAllNamespaces({ labelSelector });
    assert.ok(items.length >= 3, "the pods must be found by their label");
    for (const { metadata } of items) assert.equal(metadata?.namespace, namespace, `${metadata?.name ?? ""} is astray`);
  });

  it("C1: each component reads its settings from a ConfigMap of its own", async () => {
    const { core, namespace } = stack.cluster;
    const backend = await core.readNamespacedConfigMap({ name: "todo-backend", namespace });
    for (const key of ["LOG_LEVEL", "CORS_ORIGINS", "API_VERSION"]) {
      assert.ok(backend.data !== undefined && key in backend.data, `the backend's ConfigMap must hold ${key}`);
    }
    const frontend = await core.readNamespacedConfigMap({ name: "todo-frontend", namespace });
    assert.equal(frontend.data?.["BACKEND_URL"], "http://todo-backend:8000");
  });

  it("P2: every container runs with the requests and limits that were asked for", async () => {
    for (const [component, requests, limits] of [
      ["backend", { cpu: "250m", memory: "256Mi" }, { cpu: "500m", memory: "512Mi" }],
      ["frontend", { cpu: "250m", memory: "128Mi" }, { cpu: "500m", memory: "256Mi" }],
      ["postgres", { cpu: "100m", memory: "128Mi" }, { cpu: "250m", memory: "256Mi" }],
    ] as const) {
      const { spec } = await stack.cluster.pod(component);
      for (const { name, resources } of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
        const only = (all: Record<string, string> = {}) => ({ cpu: all["cpu"], memory: all["memory"] });
        assert.deepEqual(only(resources?.requests), requests, `requests of ${name} in the ${component}`);
        assert.deepEqual(only(resources?.limits), limits, `limits of ${name} in the ${component}`);
      }
    }
  });

  it("I6: the images of the applications are in the cluster's daemon, and are never pulled", async () => {
    for (const component of ["backend", "frontend"]) {
      const { spec, status } = await stack.cluster.pod(component);
      for (const { name, imagePullPolicy } of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
        assert.match(imagePullPolicy ?? "", /^(Never|IfNotPresent)$/, `${name} of the ${component} must not be pulled`);
      }
      // An image that came from a registry has a digest of that registry's.
      assert.match(status?.containerStatuses?.[0]?.imageID ?? "", /^docker:\/\/sha256:/, `the ${component}'s image`);
    }
  });
});
