import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { causesOf, Watch } from "../../../provider/diagnosis/causes.ts";
import type { Workload } from "../../../provider/diagnosis/workloads.ts";

const settled: Workload = {
  name: "todo-postgres",
  kind: "StatefulSet",
  wanted: 1,
  ready: 1,
  settled: true,
  pods: [],
  leaving: false,
  stuck: [],
};

const withPod = (name: string, status: object): Workload => ({
  ...settled,
  name,
  kind: "Deployment",
  settled: false,
  ready: 0,
  pods: [JSON.parse(JSON.stringify({ metadata: { name: `${name}-x`, uid: name }, status })) as V1Pod],
});

const full = withPod("todo-backend", {
  conditions: [{ type: "PodScheduled", status: "False", message: "1 Insufficient cpu." }],
});
const waiting = withPod("todo-backend", {
  initContainerStatuses: [{ name: "wait-for-database", state: { running: {} } }],
});
const starting = withPod("todo-frontend", { containerStatuses: [{ name: "frontend", started: false }] });

const begin = Date.parse("2026-01-02T10:00:00Z");
const created = (workload: Workload, creationTimestamp: string): Workload => ({
  ...workload,
  pods: workload.pods.map(
    ({ status }) => JSON.parse(JSON.stringify({ metadata: { creationTimestamp }, status })) as V1Pod,
  ),
});
const crashing = withPod("todo-backend", {
  containerStatuses: [{ name: "backend", state: { waiting: { reason: "CrashLoopBackOff" } }, restartCount: 6 }],
});

describe("the causes for which a release does not become healthy", () => {
  const cases: [string, Workload[], number[]][] = [
    ["waits shortly for room when nothing else is under way", [full, settled], [10]],
    ["waits longer for room while a pod is on its way out", [full, { ...settled, leaving: true }], [45]],
    ["waits longer for room while another pod starts", [full, starting], [45, Infinity]],
    ["waits for an init container while what it waits for may be starting", [waiting, starting], [Infinity, Infinity]],
    ["tires of an init container when everything else is done", [waiting, settled], [60]],
    ["waits for a pod that Kubernetes has not made yet", [waiting, { ...starting, pods: [] }], [Infinity]],
    ["does not wait for a new pod that crashes", [created(crashing, "2026-01-02T10:00:00Z")], [0]],
    [
      "waits for a pod from before, for which something may just have been repaired",
      [created(crashing, "2026-01-02T09:59:59Z")],
      [120],
    ],
    ["waits for what such a pod waits for", [created(waiting, "2026-01-02T09:59:59Z"), settled], [Infinity]],
    ["has nothing against what is settled", [{ ...full, settled: true }], []],
  ];
  for (const [what, workloads, patience] of cases) {
    it(what, () => {
      assert.deepEqual(causesOf(workloads, new Map(), begin).map((cause) => cause.patience), patience); // prettier-ignore
    });
  }

  const ready = (lastTransitionTime: string): Workload => ({
    ...settled,
    pods: withPod("todo-postgres", { conditions: [{ type: "Ready", status: "True", lastTransitionTime }] }).pods,
  });
  const gaveUp = withPod("todo-backend", {
    initContainerStatuses: [
      {
        name: "wait-for-database",
        state: { waiting: { reason: "CrashLoopBackOff" } },
        lastState: { terminated: { exitCode: 1, finishedAt: "2026-01-02T10:02:00Z" } },
      },
    ],
  });
  const noNode = withPod("todo-postgres", {
    conditions: [{ type: "PodScheduled", status: "False", message: "didn't match topology spread constraints" }],
  });
  const onDemand: [string, Workload[], number[]][] = [
    ["waits for a node that may be on its way", [full, settled], [Infinity]],
    ["waits for it also where room is not what lacks", [noNode, settled], [Infinity]],
    ["waits for what waits for a pod without a node", [waiting, noNode], [Infinity, Infinity]],
    ["waits for an init container that gave up while a pod had no node", [gaveUp, noNode], [Infinity, Infinity]],
    ["lets it try again once that pod is ready", [gaveUp, ready("2026-01-02T10:03:00Z")], [Infinity]],
    ["has no patience with it if it fails with all that it waits for", [gaveUp, ready("2026-01-02T10:01:00Z")], [0]],
    ["has no patience with it where nothing else is to come", [gaveUp], [0]],
    ["does not wait for a container that crashes", [crashing, noNode], [0, Infinity]],
  ];
  for (const [what, workloads, patience] of onDemand) {
    it(`where nodes come on demand ${what}`, () => {
      assert.deepEqual(causesOf(workloads, new Map(), begin, true).map((cause) => cause.patience), patience); // prettier-ignore
    });
  }

  it("names the workload for which no pod can be made", () => {
    const [cause] = causesOf([{ ...settled, settled: false, refused: "forbidden" }], new Map(), begin);
    assert.deepEqual(cause, { workload: "StatefulSet todo-postgres", reason: "gets no pod: forbidden", patience: 10 });
  });

  it("forgets a cause that has repaired itself", () => {
    const watch = new Watch();
    const cause = { workload: "Deployment todo-backend", reason: "gets no pod", patience: 0.05 };
    const first = Date.now();
    assert.equal(watch.look([cause]), undefined);
    while (Date.now() - first < 60) watch.look([]);
    assert.equal(watch.look([cause]), undefined, "its time begins anew");
    assert.equal(watch.look([{ ...cause, patience: 0 }])?.reason, "gets no pod");
  });
});
