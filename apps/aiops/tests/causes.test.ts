import { describe, expect, it } from "vitest";
import { driftOf } from "../src/diagnosis/comparison.ts";
import { diagnose } from "../src/diagnosis/all-findings.ts";
import { finding } from "../src/diagnosis/finding.ts";
import { isSameQuantity } from "../src/diagnosis/quantity.ts";
import type { Action } from "../src/remedies/action.ts";
import { choose } from "../src/remedies/choose.ts";
import { beforeOf, judge } from "../src/remedies/judge.ts";
import { planOf } from "../src/remedies/remedy-plan.ts";
import type { Answer, Snapshot } from "../src/diagnosis/snapshot.ts";
import { healthy, named, now, podOf, snapshotOf } from "./support/stack.ts";
import type { Json, Objects } from "./support/stack.ts";

const at = new Date(now).toISOString();
const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

const ids = (snapshot: Snapshot): string[] => diagnose(snapshot).map(({ id }) => id);

const wrong = { request: "api", component: "backend", wrong: 3, slow: 0, slowSeconds: 0, milliseconds: 5 } as const;

describe("a database that is away", () => {
  const away = (objects: Objects, seconds: number): void => {
    const pod = named(objects.pods, "todo-postgres-0");
    pod.status.conditions[1] = { type: "Ready", status: "False", lastTransitionTime: ago(seconds) };
    pod.spec.nodeName = "node-2";
  };

  it.each([0, 500, 502, 504])("is why answers are wrong (%i), and nothing is restarted or rolled back", (status) => {
    for (const database of ["failed", "timed out", "unknown"] as const) {
      const objects = healthy();
      away(objects, 5);
      const readiness = [{ pod: "todo-backend-aaaa", database }];
      const answering = () => ({ ...snapshotOf(objects, readiness), answers: [{ ...wrong, status }] });
      expect(ids(answering()), "not for long yet").toEqual([]);
      away(objects, 90);
      const [first, ...rest] = diagnose(answering());
      expect([first?.id, rest]).toEqual(["no-pod-ready:StatefulSet/todo-postgres", []]);
      expect(first?.facts).toMatchObject({ pod: "todo-postgres-0", node: "node-2", phase: "Running" });
      if (first === undefined) throw new Error("unreachable");
      expect(choose(first, answering(), at)).toHaveProperty("refused");
    }
  });

  it("may be why answers are wrong as long as bad answers of a backend do not count yet", () => {
    const readiness = [{ pod: "todo-backend-aaaa", database: "unknown", suspected: true } as const];
    expect(ids({ ...snapshotOf(healthy(), readiness), answers: [{ ...wrong, status: 502 }] })).toEqual([]);
  });

  it("is why a backend that waits for it ends again and again", () => {
    const objects = healthy();
    away(objects, 90);
    const backend = named(objects.pods, "todo-backend");
    backend.status.conditions[1] = { type: "Ready", status: "False", lastTransitionTime: ago(90) };
    const ended = { terminated: { exitCode: 1, reason: "Error", finishedAt: ago(5) } };
    const state = { waiting: { reason: "CrashLoopBackOff" } };
    backend.status.initContainerStatuses = [
      { name: "wait-for-database", ready: false, restartCount: 1, state, lastState: ended },
    ];
    backend.status.containerStatuses = [];
    expect(ids(snapshotOf(objects, []))).toEqual(["no-pod-ready:StatefulSet/todo-postgres"]);
  });

  it("is no Service that leads nowhere while its pod is being ended", () => {
    const objects = healthy();
    named(objects.pods, "todo-postgres-0").metadata.deletionTimestamp = ago(3);
    expect(ids(snapshotOf(objects, [{ pod: "todo-backend-aaaa", database: "failed" }]))).toEqual([]);
  });
});

describe("a workload without a pod that is ready", () => {
  const starting = (seconds: number): Objects => {
    const objects = healthy();
    const pod = named(objects.pods, "todo-frontend");
    pod.status = {
      phase: "Pending",
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(seconds) }],
    };
    return objects;
  };

  it("is named after a minute, once", () => {
    expect(ids(snapshotOf(starting(50)))).toEqual([]);
    expect(ids(snapshotOf(starting(70)))).toEqual(["no-pod-ready:Deployment/todo-frontend"]);
  });

  it("is not named while another of its pods is ready, or where more is known", () => {
    const objects = starting(70);
    objects.pods?.push(podOf("frontend", 3000, "other"));
    expect(ids(snapshotOf(objects))).toEqual([]);
    const known = starting(70);
    named(known.pods, "todo-frontend").status.containerStatuses = [
      { name: "frontend", state: { waiting: { reason: "ErrImageNeverPull" } } },
    ];
    expect(ids(snapshotOf(known))).toEqual(["image-missing:Deployment/todo-frontend"]);
  });
});

describe("what is no fault", () => {
  it("is a readiness probe that has just failed, or failed long ago", () => {
    const objects = healthy();
    const pod = named(objects.pods, "todo-backend");
    pod.status.containerStatuses[0].ready = false;
    const event: Json = { reason: "Unhealthy", involvedObject: { uid: pod.metadata.uid as string } };
    objects.events = [event];
    const found = (failing: number, heard: number): string[] => {
      pod.status.conditions[1] = { type: "Ready", status: "False", lastTransitionTime: ago(failing) };
      event.lastTimestamp = ago(heard);
      return ids(snapshotOf(objects));
    };
    expect(found(1, 1), "just now").toEqual([]);
    expect(found(25, 3000), "an old event").toEqual([]);
    expect(found(25, 10)).toEqual(["failing-probe:Deployment/todo-backend"]);
  });

  it("is a container that has ended once, as with its node, or that waits for its init containers", () => {
    const objects = healthy();
    const pod = named(objects.pods, "todo-backend");
    const [status] = pod.status.containerStatuses as [Json];
    status.ready = false;
    status.state = { terminated: { exitCode: 255, reason: "Error", finishedAt: ago(30) } };
    expect(ids(snapshotOf(objects, []))).toEqual([]);
    status.restartCount = 1;
    pod.status.initContainerStatuses = [{ name: "wait-for-database", restartCount: 1, state: { running: {} } }];
    expect(ids(snapshotOf(objects, []))).toEqual([]);
    pod.status.initContainerStatuses[0].state = { terminated: { exitCode: 0, reason: "Completed" } };
    expect(ids(snapshotOf(objects, []))).toEqual(["crash-loop:Deployment/todo-backend"]);
  });

  it("is a minute of late answers, or some more while an autoscaler makes pods", () => {
    const late: Answer = { ...wrong, wrong: 0, slow: 5, status: 401, milliseconds: 3_000 };
    const objects = healthy();
    const found = (slowSeconds: number): string[] =>
      ids({ ...snapshotOf(objects), answers: [{ ...late, slowSeconds }] });
    expect(found(40)).toEqual([]);
    expect(found(61)).toEqual(["slow-answer:Deployment/todo-backend"]);
    const scaleTargetRef = { kind: "Deployment", name: "todo-backend" };
    const status: Json = { currentReplicas: 1, desiredReplicas: 2 };
    objects.horizontalpodautoscalers = [{ spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 3 }, status }];
    expect(found(61), "it grows").toEqual([]);
    Object.assign(status, { currentReplicas: 2, lastScaleTime: ago(60) });
    expect(found(61), "it has just grown").toEqual([]);
    status.lastScaleTime = ago(200);
    expect(found(61), "it has enough").toEqual(["slow-answer:Deployment/todo-backend"]);
    Object.assign(status, { currentReplicas: 3, desiredReplicas: 3, lastScaleTime: ago(60) });
    expect(found(61), "it cannot grow").toEqual(["slow-answer:Deployment/todo-backend"]);
  });

  it("is an amount of a resource in another form", () => {
    for (const [one, other] of [
      ["0.5", "500m"],
      ["1024Mi", "1Gi"],
      ["1000m", "1"],
      ["1.5Gi", "1536Mi"],
      ["1e3", "1k"],
      ["0.7", "700m"],
      ["128974848", "123Mi"],
    ] as const)
      expect(isSameQuantity(one, other), `${one} and ${other}`).toBe(true);
    for (const [one, other] of [
      ["1G", "1Gi"],
      ["500m", "0.51"],
      ["", "0"],
      ["some", "some more"],
    ] as const)
      expect(isSameQuantity(one, other), `${one} and ${other}`).toBe(false);
    const snapshot = snapshotOf(healthy());
    const of = (object: Json): Json => object.spec.template.spec.containers[0].resources as Json;
    const wanted = snapshot.released?.objects.find(({ kind }) => kind === "Deployment") as Json;
    const actual = snapshot.deployments[0] as Json;
    of(wanted).limits = { cpu: "0.5", memory: "1024Mi" };
    of(actual).limits = { cpu: "500m", memory: "1Gi" };
    expect(driftOf(snapshot)).toEqual([]);
    of(actual).limits.memory = "2Gi";
    expect(driftOf(snapshot)).toHaveLength(1);
  });
});

describe("a workload that the accounts of the chart may not change", () => {
  it("is left to a person at once, as is one that was deleted", () => {
    const objects = healthy();
    const labels = { "app.kubernetes.io/component": "prometheus" };
    const prometheus = { metadata: { name: "todo-prometheus", labels }, spec: { replicas: 1 } };
    const ready = { observedGeneration: 1, replicas: 1, readyReplicas: 1, updatedReplicas: 1 };
    objects.deployments?.push({ ...structuredClone(prometheus), status: ready });
    const snapshot = snapshotOf(objects);
    snapshot.released?.objects.push({ apiVersion: "apps/v1", kind: "Deployment", ...structuredClone(prometheus) });
    named(objects.deployments, "todo-prometheus").spec.replicas = 2;
    const object = { kind: "Deployment", name: "todo-prometheus" };
    expect(choose({ kind: "drift", object }, snapshot, at)).toMatchObject({
      refused: expect.stringContaining("may be changed") as string,
    });
    snapshot.deployments = snapshot.deployments.filter(({ metadata }) => metadata?.name === "todo-frontend");
    const gone = { kind: "Deployment", name: "todo-backend" };
    expect(choose({ kind: "drift", object: gone }, snapshot, at)).toHaveProperty("refused");
  });
});

describe("a workload that was scaled up again, and is not quite as released", () => {
  const object = { kind: "Deployment", name: "todo-backend" };
  const action: Action = { type: "scale", object, uid: "uid-Deployment-todo-backend", edits: [] };
  const plan = planOf(finding("scaled-to-zero", object, "", {}), action, at);

  /** How that looks with so many pods, of which eight were released. */
  const look = (replicas: number, ready: number): Snapshot => {
    const objects = healthy();
    const { spec, status } = named(objects.deployments, "todo-backend");
    spec.replicas = replicas;
    Object.assign(status, { replicas, readyReplicas: ready, updatedReplicas: replicas });
    if (ready === 0) objects.pods = objects.pods?.filter(({ metadata }) => metadata.uid !== "pod-backend-aaaa") ?? [];
    const snapshot = snapshotOf(objects);
    const released = snapshot.released?.objects.find(({ kind }) => kind === "Deployment") as Json;
    released.spec.replicas = 8;
    return snapshot;
  };

  it("counts as repaired once it is ready, and not before", () => {
    const before = beforeOf(look(0, 0));
    expect(judge(plan, before, look(0, 0)).state).toBe("wrong");
    expect(judge(plan, before, look(6, 0))).toEqual({ state: "wrong", why: "Deployment/todo-backend is not ready." });
    expect(judge(plan, before, look(6, 6)).state).toBe("well");
  });
});
