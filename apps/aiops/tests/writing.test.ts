import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { choose } from "../src/remedies/choose.ts";
import type { Action } from "../src/remedies/action.ts";
import { carryOut, tryOut } from "../src/remedies/write.ts";
import type { Snapshot } from "../src/diagnosis/snapshot.ts";
import { count } from "./support/controlling.ts";
import { run } from "./support/running.ts";
import type { Running } from "./support/running.ts";
import { named } from "./support/stack.ts";
import type { Json } from "./support/stack.ts";

describe("what somebody else writes between the look and the change", () => {
  let running: Running;
  let look: Snapshot;
  let action: Action;
  let deployment: Json;

  beforeEach(async () => {
    running = await run();
    deployment = named(running.api.objects.deployments, "todo-backend");
    deployment.spec.replicas = 0;
    const { finding, snapshot } = await running.operations.find("scaled-to-zero:Deployment/todo-backend");
    look = snapshot;
    action = choose(finding, snapshot, "2026-01-01T00:00:00Z") as Action;
  });
  afterEach(async () => await running.stop());

  const cluster = () => running.operations.means.cluster;

  it("is left alone: neither tried out nor done", async () => {
    deployment.spec.replicas = 2;
    deployment.metadata.generation = Number(deployment.metadata.generation) + 1;
    count(deployment);
    const refusal = /Deployment\/todo-backend has changed since it was looked at: nothing was done/;
    await expect(tryOut(cluster(), action, look)).rejects.toThrow(refusal);
    await expect(carryOut(cluster(), action, look)).rejects.toThrow(refusal);
    expect(running.api.changes).toEqual([]);
    expect(deployment.spec.replicas).toBe(2);
  });

  it("hinders nothing where it is only a status", async () => {
    count(deployment);
    await tryOut(cluster(), action, look);
    await carryOut(cluster(), action, look);
    expect(deployment.spec.replicas).toBe(1);
  });
});
