import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { agrees, call } from "./support/client.ts";
import { control, count } from "./support/controlling.ts";
import { leaveStuckPod } from "./support/faults.ts";
import { run } from "./support/running.ts";
import type { Running } from "./support/running.ts";
import { named, podOf } from "./support/stack.ts";
import type { Json } from "./support/stack.ts";

describe("O5: a database whose StatefulSet waits for a broken pod", () => {
  const finding = "image-missing:StatefulSet/todo-postgres";
  const pod = (running: Running): Json => named(running.api.objects.pods, "todo-postgres-0");

  /** Somebody has edited its image, and until that is put back, what runs is what is wanted. */
  const editImage = (objects: Running["api"]["objects"]): { set: Json; good: Json; stuck: Json } => {
    const set = named(objects.statefulsets, "todo-postgres");
    const good = structuredClone(set.status) as Json;
    leaveStuckPod(objects);
    const stuck = set.status as Json;
    set.status = { ...stuck, updateRevision: "todo-postgres-broken", updatedReplicas: 1 };
    set.spec.template.spec.containers[0].image = "todo-postgres:nowhere";
    return { set, good, stuck };
  };

  it("ends that pod once, and nothing else", async () => {
    const running = await run();
    const before = structuredClone(running.api.objects.statefulsets);
    leaveStuckPod(running.api.objects);
    running.api.onEvicted = () => {
      running.api.objects.pods?.push(podOf("postgres", 5432));
      running.api.objects.statefulsets = structuredClone(before) ?? [];
    };
    const client = await running.client(agrees);
    const { planId } = await call(client, "plan_remediation", { finding });
    expect(await call(client, "apply_remediation", { planId: planId as string })).toMatchObject({ state: "fixed" });
    expect(running.api.evicted).toEqual(["todo-postgres-0"]);
    expect(readFileSync(join(running.api.folder, "audit.jsonl"), "utf8")).toMatch(
      /"event":"evicting"[^\n]*"object":"Pod\/todo-postgres-0"/,
    );
    await running.stop();
  });

  it("ends no pod that has become ready, or is of the revision that is wanted", async () => {
    for (const change of [
      (each: Json) => (each.status.conditions[1].status = "True"),
      (each: Json) => (each.metadata.labels["controller-revision-hash"] = "todo-postgres-good"),
    ]) {
      const running = await run();
      leaveStuckPod(running.api.objects);
      running.operations.means.limits = { ...running.operations.means.limits, patience: 200 };
      const client = await running.client(agrees);
      const { planId } = await call(client, "plan_remediation", { finding });
      const applied = call(client, "apply_remediation", { planId: planId as string });
      change(pod(running));
      await applied;
      expect(running.api.asked.filter((line) => line.includes("eviction"))).toEqual([]);
      await running.stop();
    }
  });

  it("ends it too when the StatefulSet is put back as it was released", async () => {
    const running = await run();
    const { set, good, stuck } = editImage(running.api.objects);
    running.api.onChange = () => (set.status = { ...stuck, observedGeneration: 2 });
    running.api.onEvicted = () => {
      running.api.objects.pods?.push(podOf("postgres", 5432));
      set.status = { ...good, observedGeneration: 2 };
    };
    const client = await running.client(agrees);
    const { planId } = await call(client, "plan_remediation", { finding });
    expect(await call(client, "apply_remediation", { planId: planId as string })).toMatchObject({ state: "fixed" });
    expect(running.api.evicted).toEqual(["todo-postgres-0"]);
    await running.stop();
  });

  it("leaves that pod to a person where the policy does, and does not undo what was put back", async () => {
    const running = await control();
    const { set, good, stuck } = editImage(running.api.objects);
    running.api.onChange = (object) => {
      if (object === set) set.status = { ...stuck, observedGeneration: 2 };
    };
    running.api.onEvicted = () => {
      const next = podOf("postgres", 5432);
      // By that a watch knows it from the one before, which has the same name.
      next.metadata.resourceVersion = "2";
      running.api.objects.pods?.push(next);
      set.status = { ...good, observedGeneration: 9 };
      count(set);
    };
    const remedies = { restart: "act", scale: "act", "roll-back": "act", "re-apply": "act", replace: "ask" } as const;
    await running.controller("act", { remedies });
    const question = () => running.written().at(0)?.question;
    await vi.waitFor(() => expect(question()?.what).toMatch(/^replace StatefulSet/), { timeout: 30_000 });
    expect(running.api.evicted).toEqual([]);
    expect(set.spec.template.spec.containers[0].image, "as it was released").toBe("todo-postgres:a1b2c3");
    running.agree(question()?.code ?? "");
    await vi.waitFor(() => expect(running.api.evicted).toEqual(["todo-postgres-0"]), { timeout: 30_000 });
    await vi.waitFor(() => expect(running.written().at(0)?.state).toBe("repaired"), { timeout: 30_000 });
    await running.stop();
  });
});
