import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { containerKey, diagnose, holdUp, nextAfter } from "../../../provider/diagnosis/diagnosis.ts";

const podOf = (status: object): V1Pod => {
  const containers = [{ name: "backend", resources: { limits: { memory: "512Mi" } } }];
  const pod = { metadata: { name: "todo-backend-x", uid: "uid-1" }, spec: { containers }, status };
  return JSON.parse(JSON.stringify(pod)) as V1Pod;
};

const waitingFor = (reason: string, message?: string): object => ({
  containerStatuses: [
    { name: "backend", image: "todo-backend:1", restartCount: 0, state: { waiting: { reason, message } } },
  ],
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
      "has no image todo-backend:1: Container image x",
      0,
    ],
    [
      "an image that may still come",
      waitingFor("ImagePullBackOff", "Back-off: no such host"),
      "has no image todo-backend:1: Back-off: no such host",
      35,
    ],
    [
      "an image that the registry does not have",
      waitingFor("ErrImagePull", "manifest for x not found"),
      "has no image todo-backend:1: manifest for x not found",
      5,
    ],
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
      "an end by SIGKILL of which the runtime does not say why",
      crashed({ exitCode: 137, reason: "Error" }),
      "was killed, perhaps because it needs more than its 512Mi of memory, 2 restarts",
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
      assert.equal(trouble.patience, patience, "seconds for which it may repair itself");
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

  const probed: [string, object, string, string | undefined, number?][] = [
    ["a probe that is answered by 404", { started: true }, "statuscode: 404", "never passes its probe", 5],
    ["a probe that may pass yet", { started: true }, "statuscode: 503", undefined],
    ["a program that is still starting", { started: false }, "connection refused", undefined],
    [
      "a program that was ended for not starting",
      { started: false, restartCount: 1 },
      "connection refused",
      "does not pass its probe in time, 1 restarts",
      20,
    ],
    ["a probe that passes by now", { ready: true }, "statuscode: 404", undefined],
  ];
  for (const [what, status, failure, reason, patience] of probed) {
    it(`${reason === undefined ? "waits for" : "knows"} ${what}`, () => {
      const running = { name: "backend", state: { running: {} }, ready: false, restartCount: 0, ...status };
      const pod = podOf({ containerStatuses: [running] });
      const trouble = diagnose(pod, new Map([[containerKey("uid-1", "backend"), failure]]));
      assert.deepEqual([trouble?.reason, trouble?.patience], [reason, patience]);
      assert.equal(diagnose(pod, new Map([[containerKey("uid-0", "backend"), failure]])), undefined, "another pod's");
    });
  }

  it("knows a Secret that a pod cannot mount, until the pod runs", () => {
    const lack = 'secret "todo-backend-0123456789abcdef" not found';
    const words = new Map([[containerKey("uid-1"), lack]]);
    const trouble = diagnose(podOf(waitingFor("ContainerCreating")), words);
    assert.deepEqual([trouble?.reason, trouble?.container], [`cannot be made: ${lack}`, undefined]);
    assert.match(nextAfter(trouble?.reason ?? ""), /npx pulumi up --refresh\.$/);
    assert.match(nextAfter("ends again and again"), /npx pulumi up\.$/);
    const running = { name: "backend", state: { running: {} }, ready: false, restartCount: 0 };
    assert.equal(diagnose(podOf({ containerStatuses: [running] }), words), undefined);
    assert.equal(diagnose(podOf(waitingFor("ContainerCreating")), new Map()), undefined);
  });

  it("waits less for room that nobody will make", () => {
    const pending = (message: string): V1Pod =>
      podOf({ conditions: [{ type: "PodScheduled", status: "False", message }] });
    assert.equal(diagnose(pending("1 Insufficient cpu."))?.patienceAlone, 10);
    assert.equal(diagnose(pending("unbound immediate PersistentVolumeClaims"))?.patienceAlone, undefined);
  });

  it("names the container for which a pod waits, and whether it waits for something else", () => {
    const held = (status: object): unknown[] => {
      const { container, reason, patienceAlone } = holdUp(podOf(status)) ?? {};
      return [container, reason, patienceAlone];
    };
    const init = (state: object): object => ({ initContainerStatuses: [{ name: "wait-for-database", state }] });
    assert.deepEqual(held(init({ running: {} })), ["wait-for-database", "has not ended", 60]);
    assert.deepEqual(held(init({ waiting: {} })), ["wait-for-database", "has not ended", undefined]);
    const main = (started: boolean): object => ({
      ...init({ terminated: {} }),
      containerStatuses: [{ name: "backend", started }],
    });
    assert.deepEqual(held(main(true)), ["backend", "is not ready", 30]);
    assert.deepEqual(held(main(false)), ["backend", "has not started", undefined]);
    assert.equal(holdUp(podOf({ containerStatuses: [{ name: "backend", ready: true }] })), undefined);
  });

  it("does not wait for a sidecar that has started", () => {
    const held = (started: boolean): string | undefined => {
      const sidecar = { name: "source", restartPolicy: "Always" };
      const pod = podOf({
        initContainerStatuses: [{ name: "source", state: { running: {} }, started }],
        containerStatuses: [{ name: "backend", started: false }],
      });
      pod.spec = { containers: [], initContainers: [sidecar] };
      return holdUp(pod)?.container;
    };
    assert.equal(held(false), "source");
    assert.equal(held(true), "backend");
  });
});
