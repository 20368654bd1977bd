import { describe, expect, it } from "vitest";
import { diagnose } from "../src/diagnosis/all-findings.ts";
import type { FindingKind } from "../src/diagnosis/finding.ts";
import { choose } from "../src/remedies/choose.ts";
import { display } from "../src/diagnosis/snapshot.ts";
import type { Readiness } from "../src/diagnosis/snapshot.ts";
import { faults } from "./support/faults.ts";
import { healthy, named, podOf, snapshotOf } from "./support/stack.ts";
import type { Json } from "./support/stack.ts";

const at = "2026-07-01T12:00:00.000Z";

describe("O5: what is wrong, and what is chosen to be done", () => {
  it("finds nothing where all is well", () => {
    expect(diagnose(snapshotOf(healthy()))).toEqual([]);
  });

  for (const { what, inject, readiness, expects, also = [], action } of faults) {
    it(`names ${what}, and chooses: ${action}`, () => {
      const objects = healthy();
      inject(objects);
      const snapshot = snapshotOf(objects, readiness);
      const findings = diagnose(snapshot);
      expect(findings.map(({ kind }) => kind)).toEqual([expects.kind, ...also]);
      const [first] = findings;
      if (first === undefined) throw new Error("unreachable");
      expect(display(first.object)).toBe(expects.object);
      const chosen = choose(first, snapshot, at);
      expect("refused" in chosen ? "refused" : chosen.type).toBe(action);
      if ("refused" in chosen) expect(chosen.next).not.toBe("");
    });
  }

  it("names wrong answers of a backend that is ready, and restarts it, but only where nothing else explains them", () => {
    const objects = healthy();
    const wrong = {
      request: "api",
      component: "backend",
      wrong: 3,
      slow: 0,
      slowSeconds: 0,
      status: 500,
      milliseconds: 5,
    } as const;
    const answering = () => ({ ...snapshotOf(objects), answers: [wrong] });
    const [finding, ...rest] = diagnose(answering());
    expect([finding?.id, rest]).toEqual(["wrong-answer:Deployment/todo-backend", []]);
    if (finding === undefined) throw new Error("unreachable");
    expect(choose(finding, answering(), at)).toMatchObject({ type: "restart" });
    expect(diagnose({ ...snapshotOf(objects), answers: [{ ...wrong, wrong: 2 }] })).toEqual([]);
    named(objects.deployments, "todo-backend").spec.replicas = 0;
    expect(diagnose(answering()).map(({ kind }) => kind)).toEqual(["scaled-to-zero"]);
  });

  describe("of a release whose pods were ready once", () => {
    const minutesAgo = (minutes: number): string => new Date(Date.parse(at) - minutes * 60_000).toISOString();
    const revision = "deployment.kubernetes.io/revision";

    /** What is chosen when the newest revision is so old, and the one before it so old and with this image. */
    const chosen = (
      newest: number,
      before: number,
      image: string,
      kind: FindingKind = "wrong-answer",
      first?: string,
    ): unknown => {
      const objects = healthy();
      const { metadata, spec } = named(objects.deployments, "todo-backend");
      metadata.annotations = { ...(metadata.annotations as Json), [revision]: "5" };
      const set = (name: string, made: number, which: string): Json => ({
        metadata: {
          name,
          creationTimestamp: minutesAgo(made),
          annotations: { [revision]: which },
          ownerReferences: [{ uid: metadata.uid }],
        },
        spec: { template: structuredClone(spec.template) as Json },
        status: {},
      });
      const earlier = set("earlier", before, "4");
      earlier.spec.template.spec.containers[0].image = image;
      const oldest = set("oldest", before * 2, "3");
      oldest.spec.template.spec.containers[0].image = first;
      objects.replicasets = [set("newest", newest, "5"), earlier, ...(first === undefined ? [] : [oldest])];
      const action = choose({ kind, object: { kind: "Deployment", name: "todo-backend" } }, snapshotOf(objects), at);
      if ("refused" in action) return action.refused;
      const [edit] = action.edits;
      return [
        action.type,
        (edit?.after as { spec?: { containers?: [{ image: string }] } } | undefined)?.spec?.containers?.[0].image,
      ];
    };

    it("goes back to what ran before when it answers badly, leaks memory, crashes or fails its probes", () => {
      for (const kind of ["wrong-answer", "slow-answer", "out-of-memory", "crash-loop", "failing-probe"] as const)
        expect(chosen(10, 90, "todo-backend:before", kind), kind).toEqual(["roll-back", "todo-backend:before"]);
    });

    it("does not take a Secret, an image or a place that is missing for the doing of the release", () => {
      for (const kind of ["missing-reference", "image-missing", "unschedulable"] as const)
        expect(chosen(10, 90, "todo-backend:before", kind), kind).toMatch(/no earlier revision of it runs/);
    });

    it("leaves what has run for longer than an hour and leaks or crashes then to a person: it was restarted already", () => {
      for (const kind of ["out-of-memory", "crash-loop"] as const)
        expect(chosen(61, 90, "todo-backend:before", kind), kind).toMatch(/no earlier revision of it runs/);
    });

    it("restarts what has run for longer than an hour", () => {
      expect(chosen(61, 90, "todo-backend:before")).toEqual(["restart", undefined]);
    });

    it("does not take what was only restarted for a new release", () => {
      expect(chosen(10, 30 * 24 * 60, "todo-backend:a1b2c3", "wrong-answer", "todo-backend:long-ago")).toEqual([
        "restart",
        undefined,
      ]);
    });

    it("restarts where nothing ran before but the same, or what was made later", () => {
      const same = "todo-backend:a1b2c3";
      expect(chosen(10, 90, same)).toEqual(["restart", undefined]);
      expect(chosen(10, 5, "todo-backend:broken")).toEqual(["restart", undefined]);
    });
  });

  it("names a frontend that reaches no backend, while each backend answers whoever asks it directly", () => {
    const lost = {
      request: "api",
      component: "backend",
      wrong: 3,
      slow: 0,
      slowSeconds: 0,
      status: 502,
      milliseconds: 5,
    } as const;
    const named = (status: number, database: Readiness["database"]) =>
      diagnose({
        ...snapshotOf(healthy()),
        answers: [{ ...lost, status }],
        readiness: [{ pod: "todo-backend-1", database }],
      })
        .map(({ id }) => id)
        .join();
    expect(named(502, "ok")).toBe("wrong-answer:Deployment/todo-frontend");
    expect(named(504, "ok")).toBe("wrong-answer:Deployment/todo-frontend");
    expect(named(0, "ok")).toBe("wrong-answer:Deployment/todo-frontend");
    expect(named(500, "ok")).toBe("wrong-answer:Deployment/todo-backend");
    expect(named(502, "unknown")).toBe("wrong-answer:Deployment/todo-backend");
  });

  it("names late answers, and an alert only where there is nothing else, for which it does nothing", () => {
    const late = {
      request: "page",
      component: "frontend",
      wrong: 0,
      slow: 3,
      slowSeconds: 61,
      status: 200,
      milliseconds: 9000,
    } as const;
    const alerts = [{ name: "TodoSlow", component: "backend" } as const];
    const kinds = (more: object) => diagnose({ ...snapshotOf(healthy()), ...more }).map(({ kind }) => kind);
    expect(kinds({ answers: [late], alerts })).toEqual(["slow-answer"]);
    expect(kinds({ alerts })).toEqual(["alert"]);
    const object = { kind: "Deployment", name: "todo-backend" };
    expect(choose({ kind: "alert", object }, snapshotOf(healthy()), at)).toHaveProperty("refused");
  });

  it("does not blame a release for a pod of the revision before it that crashes", () => {
    const objects = healthy();
    const crashing = (set: string): Json => {
      const pod = podOf("backend", 8000, "crashing");
      pod.metadata.ownerReferences = [{ kind: "ReplicaSet", name: set }];
      Object.assign(pod.status.containerStatuses[0], {
        ready: false,
        restartCount: 4,
        state: { waiting: { reason: "CrashLoopBackOff" } },
        lastState: { terminated: { reason: "Error", exitCode: 1, finishedAt: at } },
      });
      return pod;
    };
    const found = (set: string) =>
      diagnose(snapshotOf({ ...objects, pods: [...(objects.pods ?? []), crashing(set)] })).map(({ kind }) => kind);
    expect(found("todo-backend-1")).toEqual([]);
    expect(found("todo-backend-2")).toEqual(["crash-loop"]);
  });

  it("names two faults at once", () => {
    const objects = healthy();
    named(objects.services, "todo-frontend").spec.ports[0].targetPort = 1;
    named(objects.deployments, "todo-backend").spec.replicas = 0;
    const found = diagnose(snapshotOf(objects)).map(({ id }) => id);
    expect(found).toEqual(["scaled-to-zero:Deployment/todo-backend", "service-misrouted:Service/todo-frontend"]);
  });

  it("calls no Service misrouted whose workload has no pods yet, and one whose selector leads to none", () => {
    const objects = healthy();
    objects.pods = objects.pods?.filter((pod) => !String(pod.metadata.name).includes("backend")) ?? [];
    named(objects.deployments, "todo-backend").status = { observedGeneration: 0 };
    expect(diagnose(snapshotOf(objects))).toEqual([]);
    named(objects.services, "todo-backend").spec.selector = { "app.kubernetes.io/component": "nobody" };
    expect(diagnose(snapshotOf(objects)).map(({ id }) => id)).toEqual(["service-misrouted:Service/todo-backend"]);
  });

  it("does not mistake a start for a failing probe", () => {
    const objects = healthy();
    const pod = named(objects.pods, "todo-backend");
    Object.assign(pod.status.containerStatuses[0], {
      ready: false,
      started: false,
      state: { running: { startedAt: "2026-07-01T11:59:30Z" } },
    });
    objects.events?.push({ reason: "Unhealthy", involvedObject: { uid: pod.metadata.uid as string } });
    expect(diagnose(snapshotOf(objects))).toEqual([]);
    pod.status.containerStatuses[0].state.running.startedAt = "2026-07-01T11:50:00Z";
    expect(diagnose(snapshotOf(objects)).map(({ kind }) => kind)).toEqual(["failing-probe"]);
  });

  it("takes no name from an event that the pod itself does not have", () => {
    const objects = healthy();
    const pod = named(objects.pods, "todo-backend");
    pod.status.phase = "Pending";
    objects.events?.push({
      reason: "FailedMount",
      message: 'secret "a-name-that-somebody-made-up" not found',
      involvedObject: { uid: pod.metadata.uid as string },
    });
    expect(diagnose(snapshotOf(objects))).toEqual([]);
  });

  it("says nothing of drift where it is not known what was released", () => {
    const objects = healthy();
    named(objects.configmaps, "todo-backend").data.LOG_LEVEL = "DEBUG";
    expect(diagnose({ ...snapshotOf(objects), released: undefined })).toEqual([]);
  });

  it("does not restart a database that a backend can use", () => {
    const snapshot = snapshotOf(healthy());
    const finding = { kind: "database-refuses", object: { kind: "StatefulSet", name: "todo-postgres" } } as const;
    expect(choose(finding, snapshot, at)).toHaveProperty("refused");
  });

  it("asks for no more pods than six, whatever was released", () => {
    const objects = healthy();
    named(objects.deployments, "todo-backend").spec.replicas = 0;
    const snapshot = snapshotOf(objects);
    const backend = snapshot.released?.objects.find(({ kind }) => kind === "Deployment");
    (backend?.spec as { replicas: number }).replicas = 500;
    const [finding] = diagnose(snapshot);
    if (finding === undefined) throw new Error("nothing found");
    expect(choose(finding, snapshot, at)).toMatchObject({ type: "scale", edits: [{ after: 6 }] });
  });
});
