import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { diagnose, holdUp } from "../../provider/diagnosis.ts";

const podOf = (status: object): V1Pod => {
  const containers = [{ name: "backend", resources: { limits: { memory: "512Mi" } } }];
  const pod = { metadata: { name: "todo-backend-x" }, spec: { containers }, status };
  return JSON.parse(JSON.stringify(pod)) as V1Pod;
};

const waitingFor = (reason: string, message?: string): object => ({
  containerStatuses: [{ name: "backend", restartCount: 0, state: { waiting: { reason, message } } }],
});

const crashed = (terminated: object): object => ({
  containerStatuses: [
    {
      name: "backend",
      restartCount: 2,
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated },
    },
  ],
});

describe("the diagnosis of a pod", () => {
  const cases: [string, object, string, number][] = [
    [
      "an image that is not there",
      waitingFor("ErrImageNeverPull", "Container image x"),
      "has no image: Container image x",
      0,
    ],
    ["an image that may still come", waitingFor("ImagePullBackOff", "Back-off"), "has no image: Back-off", 60],
    [
      "a missing Secret",
      waitingFor("CreateContainerConfigError", 'secret "x" not found'),
      'cannot be made: secret "x" not found',
      15,
    ],
    ["a command that is not there", waitingFor("RunContainerError"), "cannot be started: RunContainerError", 15],
    ["a crash", crashed({ exitCode: 3, reason: "Error" }), "ends again and again with exit code 3, 2 restarts", 0],
    ["a signal", crashed({ exitCode: 0, signal: 9 }), "ends again and again with signal 9, 2 restarts", 0],
    [
      "too little memory",
      crashed({ exitCode: 137, reason: "OOMKilled" }),
      "needs more than its 512Mi of memory, 2 restarts",
      0,
    ],
    [
      "no room on the node",
      {
        conditions: [
          { type: "PodScheduled", status: "False", message: "0/1 nodes are available: 1 Insufficient cpu." },
        ],
      },
      "finds no node: 0/1 nodes are available: 1 Insufficient cpu.",
      45,
    ],
  ];
  for (const [what, status, reason, patience] of cases) {
    it(`knows ${what}`, () => {
      const trouble = diagnose(podOf(status));
      assert.equal(trouble?.reason, reason);
      assert.equal(trouble.patience, patience, "seconds for which it may mend itself");
    });
  }

  it("finds a crashing init container first", () => {
    const [container] = (crashed({ exitCode: 1 }) as { containerStatuses: object[] }).containerStatuses;
    const initContainerStatuses = [{ ...container, name: "wait-for-database" }];
    const status = { ...waitingFor("PodInitializing"), initContainerStatuses };
    assert.equal(diagnose(podOf(status))?.container, "wait-for-database");
  });

  it("finds nothing wrong with a pod that is on its way", () => {
    for (const reason of ["PodInitializing", "ContainerCreating"]) {
      assert.equal(diagnose(podOf(waitingFor(reason))), undefined, reason);
    }
    assert.equal(diagnose(podOf({ containerStatuses: [{ name: "backend", state: { running: {} } }] })), undefined);
  });

  it("names the container for which a pod waits", () => {
    const init = { initContainerStatuses: [{ name: "wait-for-database", state: { running: {} } }] };
    assert.deepEqual(holdUp(podOf(init)), { container: "wait-for-database", reason: "has not ended" });
    const done = { initContainerStatuses: [{ name: "wait-for-database", state: { terminated: {} } }] };
    const main = (started: boolean): object => ({ ...done, containerStatuses: [{ name: "backend", started }] });
    assert.deepEqual(holdUp(podOf(main(true))), { container: "backend", reason: "is not ready" });
    assert.deepEqual(holdUp(podOf(main(false))), { container: "backend", reason: "has not started" });
    assert.equal(holdUp(podOf({ containerStatuses: [{ name: "backend", ready: true }] })), undefined);
  });
});
