import assert from "node:assert/strict";
import { containersOf, pick, podsOf, render, type Container, type Manifest } from "./support/render.ts";

const APPS = ["todo-backend", "todo-frontend"] as const;

describe("chart: probes, order and rollouts", () => {
  let manifests: Manifest[];
  before(async () => {
    manifests = await render();
  });

  it("P1: every container has start-up, liveness and readiness probes that differ", () => {
    for (const { where, init, container } of containersOf(manifests)) {
      if (init || container.name === "test") continue;
      const probes = ["startupProbe", "livenessProbe", "readinessProbe"].map((name) => {
        assert.ok(container[name], `${where} has no ${name}`);
        return JSON.stringify(container[name]);
      });
      assert.equal(new Set(probes).size, 3, `${where} has two equal probes`);
    }
  });

  it("P1: the applications' probes ask the right paths", () => {
    for (const [name, port, startup, live, ready] of [
      ["todo-backend", "http", "/health/live", "/health/live", "/health/ready"],
      // Apart from the connections of users, of which hundreds may wait.
      ["todo-frontend", "probes", "/api/health", "/api/health", "/api/health"],
    ] as const) {
      const container = mainOf(name);
      const path = (probe: string) => (container[probe] as { httpGet: { path: string; port: string } }).httpGet;
      assert.deepEqual(path("startupProbe"), { path: startup, port }, name);
      assert.deepEqual(path("livenessProbe"), { path: live, port }, name);
      assert.deepEqual(path("readinessProbe"), { path: ready, port }, name);
    }
  });

  it("P1: the database counts as started only when it listens beyond its own socket", () => {
    const [container] = pick(manifests, "StatefulSet", "todo-postgres").spec["template"].spec.containers;
    for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
      const { command } = container[probe].exec;
      assert.equal(command[0], "pg_isready", probe);
      assert.ok(command.includes("--host=127.0.0.1"), `${probe} would pass during the first start's preparations`);
    }
  });

  it("P4: backend waits for the database, frontend for the backend, with their own images", () => {
    for (const [name, init, command] of [
      ["todo-backend", "wait-for-database", ["python", "-m", "app.wait_for_database"]],
      ["todo-frontend", "wait-for-backend", ["node", "wait-for-backend.mjs"]],
    ] as const) {
      const { initContainers, containers } = pick(manifests, "Deployment", name).spec["template"].spec;
      assert.equal(initContainers.length, 1, name);
      assert.equal(initContainers[0].name, init);
      assert.deepEqual(initContainers[0].command, command);
      assert.equal(initContainers[0].image, containers[0].image, `${name} waits with another image`);
      assert.deepEqual(initContainers[0].envFrom, containers[0].envFrom, `${name} waits with other settings`);
      assert.deepEqual(initContainers[0].volumeMounts, containers[0].volumeMounts, `${name} waits with other mounts`);
    }
  });

  it("P5: a rollout adds a pod before it takes one away, and ends within a bound", () => {
    for (const name of APPS) {
      const { strategy, progressDeadlineSeconds, minReadySeconds, revisionHistoryLimit } = pick(manifests, "Deployment", name).spec; // prettier-ignore
      assert.deepEqual(strategy, { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }, name);
      assert.ok(progressDeadlineSeconds > (minReadySeconds ?? 0), `${name} would never finish`);
      assert.ok(revisionHistoryLimit >= 1, `${name} could not be rolled back`);
    }
  });

  it("P5: a pod serves on while proxies learn that it goes, and has time left to drain", () => {
    for (const { owner, spec } of podsOf(manifests).filter(({ owner }) => owner.startsWith("Deployment/"))) {
      const seconds = spec["containers"][0].lifecycle?.preStop?.sleep?.seconds;
      assert.equal(seconds, 5, `${owner}: preStop`);
      assert.ok(spec.terminationGracePeriodSeconds > seconds + 10, `${owner} has no time to drain`);
    }
  });

  it("P5: it serves on for longer behind a load balancer that learns late of it, and has as much time left", async () => {
    for (const { owner, spec } of podsOf(await render({ set: ["global.drainSeconds=40"] }))) {
      const seconds = spec["containers"][0].lifecycle?.preStop?.sleep?.seconds;
      if (owner.startsWith("Deployment/")) assert.deepEqual([seconds, spec.terminationGracePeriodSeconds], [40, 65]);
    }
  });

  it("P5: draining a node leaves a pod of each application, and no drain is blocked by a single one", async () => {
    for (const name of APPS) {
      const { selector, ...budget } = pick(manifests, "PodDisruptionBudget", name).spec;
      assert.deepEqual(budget, { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" }, name);
      assert.deepEqual(selector, pick(manifests, "Deployment", name).spec["selector"], name);
      const [spread] = pick(manifests, "Deployment", name).spec["template"].spec.topologySpreadConstraints;
      assert.deepEqual([spread.topologyKey, spread.maxSkew, spread.whenUnsatisfiable], ["kubernetes.io/hostname", 1, "ScheduleAnyway"]); // prettier-ignore
    }
    const single = (await render({ overlays: ["values-dev.yaml"] })).filter(({ kind }) => kind === "PodDisruptionBudget"); // prettier-ignore
    assert.deepEqual(single.map(({ metadata }) => metadata.name), ["todo-postgres"]); // prettier-ignore
  });

  it("P5: draining a node never takes the database away, of which there is one, unless it is broken", () => {
    const { selector, ...budget } = pick(manifests, "PodDisruptionBudget", "todo-postgres").spec;
    assert.deepEqual(budget, { maxUnavailable: 0, unhealthyPodEvictionPolicy: "AlwaysAllow" });
    assert.deepEqual(selector, pick(manifests, "StatefulSet", "todo-postgres").spec["selector"]);
  });

  it("P5: in production draining a node moves the database too, or no node could be upgraded", async () => {
    const prod = await render({ overlays: ["values-prod.yaml"] });
    for (const { metadata, spec } of prod.filter(({ kind }) => kind === "PodDisruptionBudget")) {
      assert.equal(spec?.["maxUnavailable"], 1, metadata.name);
    }
  });

  it("in production the pods of a dead node are replaced within half a minute", async () => {
    for (const { owner, spec } of podsOf(await render({ overlays: ["values-prod.yaml"] }))) {
      const waits = (spec["tolerations"] as { key: string; tolerationSeconds: number }[]).map(
        ({ key, tolerationSeconds }) => [key, tolerationSeconds],
      );
      assert.deepEqual(waits, [["node.kubernetes.io/not-ready", 30], ["node.kubernetes.io/unreachable", 30]], owner); // prettier-ignore
    }
  });

  it("W3: the release's test ends within a bound, and its pod goes when it has passed", () => {
    const { spec, metadata } = pick(manifests, "Pod", "todo-test");
    assert.equal(metadata.annotations?.["helm.sh/hook"], "test");
    assert.match(metadata.annotations["helm.sh/hook-delete-policy"] ?? "", /before-hook-creation.*hook-succeeded/);
    assert.ok(spec["activeDeadlineSeconds"] <= 120, "a test that hangs is never ended");
  });

  it("H2: the number of pods is left to the autoscaler where there is one", async () => {
    const prod = await render({ overlays: ["values-prod.yaml"] });
    for (const name of APPS) {
      assert.equal(pick(prod, "Deployment", name).spec["replicas"], undefined, `${name}: every release would reset it`);
      const { minReplicas, maxReplicas, scaleTargetRef } = pick(prod, "HorizontalPodAutoscaler", name).spec;
      assert.deepEqual([minReplicas, maxReplicas, scaleTargetRef.name], [3, 10, name]);
    }
    assert.deepEqual(manifests.filter(({ kind }) => kind === "HorizontalPodAutoscaler"), []); // prettier-ignore
  });

  it("C6: the database's volume outlives its pods and the release", () => {
    const { persistentVolumeClaimRetentionPolicy, volumeClaimTemplates } = pick(manifests, "StatefulSet", "todo-postgres").spec; // prettier-ignore
    assert.deepEqual(persistentVolumeClaimRetentionPolicy, { whenDeleted: "Retain", whenScaled: "Retain" });
    const [{ spec, metadata }] = volumeClaimTemplates;
    assert.equal(spec.resources.requests.storage, "1Gi");
    assert.equal(spec.storageClassName, undefined, "not the cluster's default storage class");
    assert.ok(!metadata.labels["app.kubernetes.io/version"], "a claim template can never change");
  });

  const restarts: [change: string, restarted: string[]][] = [
    ["backend.image.tag=b2", ["Deployment/todo-backend"]],
    ["frontend.image.tag=f2", ["Deployment/todo-frontend"]],
    ["backend.config.logLevel=ERROR", ["Deployment/todo-backend"]],
    ["secrets.backend=backend-2", ["Deployment/todo-backend"]],
    ["secrets.postgres=postgres-2", ["StatefulSet/todo-postgres"]],
    ["backend.service.port=8001", ["Deployment/todo-frontend"]],
    ["frontend.service.nodePort=30081", []],
    ["backend.replicas=3", []],
  ];
  for (const [change, restarted] of restarts) {
    it(`${change.startsWith("secrets.") ? "C3" : "C1"}: ${change} restarts ${restarted.join(", ") || "no pod"}`, async () => {
      const after = new Map(podsOf(await render({ set: [change] })).map((pod) => [pod.owner, JSON.stringify(pod)]));
      const lasting = podsOf(manifests).filter(({ owner }) => !owner.startsWith("Pod/"));
      const changed = lasting.filter((pod) => after.get(pod.owner) !== JSON.stringify(pod));
      assert.deepEqual(changed.map(({ owner }) => owner), restarted); // prettier-ignore
    });
  }

  function mainOf(name: string): Container {
    return pick(manifests, "Deployment", name).spec["template"].spec.containers[0] as Container;
  }
});
