import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KubeConfig } from "@kubernetes/client-node";
import { Leadership } from "../src/controller/leadership.ts";
import type { Term } from "../src/controller/leadership.ts";
import { FakeApi } from "./support/fake-api.ts";
import type { Json } from "./support/stack.ts";

const long: Term = { lease: 120_000, holds: 100_000, pause: 20 };

const until = async (assertion: () => void): Promise<void> => {
  await vi.waitFor(assertion, { timeout: 110_000, interval: 20 });
};

describe("of several controllers", () => {
  let api: FakeApi;
  let started: Leadership[];

  beforeEach(async () => {
    api = await FakeApi.start();
    api.objects.leases = [{ metadata: { name: "todo-operations", resourceVersion: "1" } }];
    started = [];
  });

  afterEach(async () => {
    await Promise.all(started.map((one) => one.stop()));
    api.stop();
  });

  const candidate = (identity: string, term = long): Leadership => {
    const config = new KubeConfig();
    config.loadFromFile(api.kubeconfig);
    config.setCurrentContext("todo");
    const one = new Leadership(config, { name: "todo-operations", namespace: "todo" }, identity, term);
    started.push(one);
    one.start();
    return one;
  };
  const holder = (): unknown => (api.objects.leases?.[0]?.spec as Json | undefined)?.holderIdentity;

  it("one leads, and another takes over from one that gave the Lease back", async () => {
    const one = candidate("one");
    await until(() => expect(one.isLeader).toBe(true));
    const other = candidate("other");
    const asked = api.asked.length;
    await until(() => expect(api.asked.length).toBeGreaterThan(asked + 6));
    expect([other.isLeader, holder()]).toEqual([false, "one"]);
    await one.stop();
    await until(() => expect(other.isLeader).toBe(true));
    expect([one.isLeader, holder()]).toEqual([false, "other"]);
  });

  it("another takes over from one that died, once its term is over", async () => {
    Object.assign(api.objects.leases?.[0] ?? {}, { spec: { holderIdentity: "dead" } });
    const patient = candidate("patient");
    const hasty = candidate("hasty", { ...long, lease: 200 });
    await until(() => expect(hasty.isLeader).toBe(true));
    expect(patient.isLeader).toBe(false);
  });

  it("one does not lead any longer when it cannot renew the Lease for too long", async () => {
    const one = candidate("one", { ...long, holds: 3_000 });
    await until(() => expect(one.isLeader).toBe(true));
    api.pause();
    await until(() => expect(one.isLeader).toBe(false));
  });

  it("one does not lead for longer because somebody sets its clock back", async () => {
    const one = candidate("one", { ...long, holds: 3_000 });
    await until(() => expect(one.isLeader).toBe(true));
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() - 3_600_000);
    api.pause();
    const start = performance.now();
    while (performance.now() - start < 3_500) await new Promise((resolve) => setTimeout(resolve, 100));
    const { isLeader } = one;
    clock.mockRestore();
    expect(isLeader).toBe(false);
  });

  it("one does not lead when somebody else has written into the Lease meanwhile", async () => {
    api.forbidden.add("PUT leases");
    const one = candidate("one");
    await until(() => expect(api.asked.filter((line) => line.startsWith("PUT")).length).toBeGreaterThan(2));
    expect(one.isLeader).toBe(false);
  });
});
