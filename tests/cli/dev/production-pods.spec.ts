import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { ProductionPods } from "../../../cli/dev/production-pods.ts";

const pod = (uid: string, component: string, more: object = {}): V1Pod => ({
  metadata: {
    uid,
    labels: { "app.kubernetes.io/component": component },
    ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: component, uid: "owner" }],
    ...more,
  },
  spec: { containers: [] },
});

describe("npm run dev: pods of production that another command has released", () => {
  let isExpected: boolean;
  let told: number;
  let pods: ProductionPods;

  beforeEach(() => {
    [isExpected, told] = [false, 0];
    pods = new ProductionPods(
      () => isExpected,
      () => (told += 1),
    );
  });

  it("are noticed", () => {
    pods.seen(pod("1", "backend"));
    assert.equal(told, 1);
  });

  it("are expected before development is up, and while they still go", () => {
    isExpected = true;
    pods.seen(pod("1", "frontend"));
    isExpected = false;
    pods.seen(pod("1", "frontend"));
    assert.equal(told, 0);
  });

  it("are no others: those of development, those that go, jobs and the database", () => {
    const development = pod("1", "backend");
    development.spec = { containers: [], initContainers: [{ name: "source" }] };
    pods.seen(development);
    pods.seen(pod("2", "backend", { deletionTimestamp: new Date() }));
    pods.seen(pod("3", "backend", { ownerReferences: [] }));
    pods.seen(pod("4", "postgres"));
    assert.equal(told, 0);
  });
});
