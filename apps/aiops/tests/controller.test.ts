import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { control, count } from "./support/controlling.ts";
import type { Controlled } from "./support/controlling.ts";
import type { FakeApi } from "./support/fake-api.ts";
import { faults } from "./support/faults.ts";
import { named, podOf } from "./support/stack.ts";
import type { Json } from "./support/stack.ts";

const backend = "scaled-to-zero:Deployment/todo-backend";

/** Takes all pods of the backend away; what brings them back is the cluster's own controllers, if there are any. */
const breakBackend = (api: FakeApi, repairs = true): void => {
  const deployment = named(api.objects.deployments, "todo-backend");
  deployment.spec.replicas = 0;
  deployment.metadata.generation = Number(deployment.metadata.generation) + 1;
  count(deployment);
  deployment.status = { observedGeneration: deployment.metadata.generation as number };
  api.objects.pods =
    api.objects.pods?.filter(({ metadata }) => !String((metadata as Json).name).includes("backend")) ?? [];
  api.onChange = (object) => {
    if (object.kind !== "Deployment" || object.spec.replicas !== 1 || !repairs) return;
    object.status = { ...(object.status as Json), replicas: 1, readyReplicas: 1, updatedReplicas: 1 };
    api.objects.pods?.push(podOf("backend", 8000));
  };
};

/** A Service that leads nowhere, and a frontend that is not ready once it leads to where it should. */
const breakService = (api: FakeApi): void => {
  const service = named(api.objects.services, "todo-backend");
  service.spec.ports[0].targetPort = 8001;
  count(service);
  api.onChange = ({ kind, spec }) => {
    if (kind !== "Service") return;
    const frontend = named(api.objects.deployments, "todo-frontend");
    frontend.status.readyReplicas = spec.ports[0].targetPort === 8001 ? 1 : 0;
    count(frontend);
  };
};

const targetsOf = (running: Controlled): unknown[] =>
  running.changes().map(({ spec }) => (spec as Json).ports[0].targetPort as unknown);

const until = async (assertion: () => void | Promise<void>): Promise<void> => {
  await vi.waitFor(assertion, { timeout: 110_000, interval: 20 });
};

const settle = async (): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, 400));
};

describe("the controller", () => {
  let running: Controlled;
  beforeEach(async () => (running = await control()));
  afterEach(async () => await running.stop());

  it("repairs what is wrong by itself, and writes down how", async () => {
    const { api } = running;
    breakBackend(api);
    await running.controller();
    // A person is told last: all else is done by then.
    await until(() => expect(running.told()).toEqual(["OperationsFound", "OperationsActing", "OperationsRepaired"]));
    expect(running.written().map(({ state }) => state)).toEqual(["repaired"]);
    expect(running.changes().map(({ spec }) => (spec as Json).replicas as unknown)).toEqual([1]);
    const [incident] = running.written();
    expect(incident?.work, "what is over keeps nothing of what was done").toBeUndefined();
    const { data } = named(api.objects.configmaps, "todo-operations-incidents");
    const report = (data as Record<string, string>)[`${incident?.id ?? ""}.md`];
    expect(report).toMatch(
      /# scaled-to-zero of Deployment\/todo-backend[^]*State: repaired[^]*Planned: scale[^]*is gone/,
    );
  });

  it("repairs in a flood of events, and never asks for all of them", async () => {
    const event = { type: "Warning", reason: "BackOff", message: "x", involvedObject: { uid: "x" } };
    const flood = Array.from({ length: 2_000 }, (_, index) => ({ ...event, metadata: { name: `event-${index}` } }));
    running.api.objects.events?.push(...flood);
    breakBackend(running.api);
    await running.controller();
    await until(() => expect(running.told()).toContain("OperationsRepaired"));
    expect(running.api.asked.filter((line) => /^GET .*\/events$/.test(line))).toEqual([]);
  });

  it("counts what it has named and repaired, for Prometheus", async () => {
    breakBackend(running.api);
    const { server } = await running.controller();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
    const read = async (): Promise<string> => await (await fetch(url)).text();
    const kind = 'kind="scaled-to-zero"';
    await until(async () => expect(await read()).toContain(`todo_operations_news_total{news="Repaired",${kind}} 1`));
    const text = await read();
    expect(text).toContain(`todo_operations_news_total{news="Found",${kind}} 1`);
    expect(text).toContain("todo_operations_naming_seconds_count 1");
    expect(text).toContain("todo_operations_mending_seconds_count 1");
    expect(text).toContain('todo_operations_open_incidents{state="told"} 0');
  });

  it("says to Prometheus how many incidents need a person", async () => {
    breakBackend(running.api);
    const { server } = await running.controller("watch");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
    const told = 'todo_operations_open_incidents{state="told"} 1';
    await until(async () => expect(await (await fetch(url)).text()).toContain(told));
  });

  it("does nothing while all is well, and reads each kind of object once", async () => {
    await running.controller();
    await until(() => expect(running.api.asked).toContain("WATCH pods"));
    await settle();
    expect(running.written()).toEqual([]);
    expect(running.told()).toEqual([]);
    expect(running.api.changes).toEqual([]);
    const lists = running.api.asked.filter((line) => /^GET .*\/(pods|deployments|services)$/.test(line));
    expect(lists.toSorted()).toEqual([
      "GET /api/v1/namespaces/todo/pods",
      "GET /api/v1/namespaces/todo/services",
      "GET /apis/apps/v1/namespaces/todo/deployments",
    ]);
    expect(running.api.asked.filter((line) => line.includes("secrets"))).toEqual([]);
  });

  it("changes nothing when it only watches, not even to try it out, and says what it could do", async () => {
    breakBackend(running.api);
    await running.controller("watch");
    await until(() => expect(running.told()).toEqual(["OperationsFound", "OperationsNeedsPerson"]));
    await settle();
    expect(running.api.changes).toEqual([]);
    expect(running.written().at(0)?.history.at(-1)?.what).toBe(
      "It only watches. It could scale Deployment/todo-backend.",
    );
  });

  it("puts back what was there before when a remedy does not help, and tells a person after its budget", async () => {
    breakService(running.api);
    await running.controller("act", { perFinding: 2 }, { limits: { patience: 60, steady: 40, pause: 10 } });
    await until(() => expect(running.told()).toContain("OperationsNeedsPerson"));
    await settle();
    expect(targetsOf(running), "twice tried, twice undone, and no more").toEqual(["http", 8001, "http", 8001]);
    expect(running.told().filter((reason) => reason === "OperationsUndone")).toHaveLength(2);
    expect(running.written().at(0)?.state).toBe("told");
  });

  it("takes no pods away again, however long they take to become ready", async () => {
    breakBackend(running.api, false);
    await running.controller("act", {}, { limits: { patience: 60, steady: 40, pause: 10 } });
    await until(() => expect(running.written().at(0)?.history.at(-1)?.what).toMatch(/No pod is taken away again|gone/));
    await settle();
    expect(running.changes().map(({ spec }) => (spec as Json).replicas as unknown)).toEqual([1]);
    expect(running.told(), "nothing was undone").not.toContain("OperationsUndone");
    await until(() => expect(running.told()).toContain("OperationsKept"));
  });

  it("waits between two attempts", async () => {
    breakService(running.api);
    await running.controller("act", { coolDownSeconds: 3_600 }, { limits: { patience: 60, steady: 40, pause: 10 } });
    await until(() => expect(running.told()).toContain("OperationsUndone"));
    await settle();
    expect(running.changes()).toHaveLength(2);
  });

  it("does nothing that the policy leaves to a person", async () => {
    breakBackend(running.api);
    await running.controller("act", {
      remedies: { scale: "ask", restart: "act", "roll-back": "act", "re-apply": "act", replace: "act" },
    });
    await until(() => expect(running.told()).toContain("OperationsNeedsPerson"));
    await settle();
    expect(running.api.changes).toEqual([]);
    const [incident] = running.written();
    expect(incident?.history.at(-1)?.what).toMatch(
      /^To agree to scale Deployment\/todo-backend; .*replicas: 0 → 1, type: npm run aiops -- approve [A-Z2-9]{4}-[A-Z2-9]{4}$/,
    );
  });

  describe("asked to ask a person first", () => {
    const remedies = { scale: "ask", restart: "ask", "roll-back": "ask", "re-apply": "ask", replace: "ask" } as const;
    const codeOf = (): string => running.written().at(0)?.question?.code ?? "";
    const asked = async (): Promise<string> => {
      await until(() => expect(codeOf()).not.toBe(""));
      return codeOf();
    };

    it("does exactly that once they agree, and uses the agreement up", async () => {
      breakBackend(running.api);
      await running.controller("act", { remedies, perHour: 0 });
      running.agree(await asked());
      await until(() => expect(running.told()).toContain("OperationsRepaired"));
      expect(running.changes()).toHaveLength(1);
      expect(running.written().at(0)?.question).toBeUndefined();
      breakBackend(running.api);
      await until(() => expect(running.written()).toHaveLength(2));
      await settle();
      expect(running.changes(), "the next time it asks again").toHaveLength(1);
    });

    it("does nothing that the policy forbids by now, although they agree", async () => {
      breakBackend(running.api);
      const first = await running.controller("act", { remedies });
      const code = await asked();
      await first.stop();
      running.agree(code);
      await running.controller("act", { remedies: { ...remedies, scale: "never" } });
      await until(() => expect(running.written().at(0)?.history.at(-1)?.what).toMatch(/The policy forbids scale/));
      await settle();
      expect(running.api.changes).toEqual([]);
    });

    it("does nothing for another code", async () => {
      breakBackend(running.api);
      await running.controller("act", { remedies });
      await asked();
      running.agree("AAAA-AAAA");
      await settle();
      expect(running.api.changes).toEqual([]);
    });

    it("asks anew when something else would be done meanwhile", async () => {
      breakBackend(running.api);
      await running.controller("act", { remedies });
      const first = await asked();
      const deployment = named(running.api.objects.deployments, "todo-backend");
      (deployment.metadata as Json).uid = "another";
      count(deployment);
      running.agree(first);
      await until(() => expect(codeOf()).not.toBe(first));
      await settle();
      expect(running.api.changes).toEqual([]);
      running.agree(codeOf());
      await until(() => expect(running.told()).toContain("OperationsRepaired"));
    });

    it("goes on waiting for the same answer when another controller takes over", async () => {
      breakBackend(running.api);
      const first = await running.controller("act", { remedies });
      const code = await asked();
      await first.stop();
      await running.controller("act", { remedies });
      await until(() =>
        expect(running.api.asked.filter((line) => line.startsWith("WATCH pods")).length).toBeGreaterThan(1),
      );
      await settle();
      expect([codeOf(), running.told().filter((reason) => reason === "OperationsNeedsPerson").length]).toEqual([
        code,
        1,
      ]);
      running.agree(code);
      await until(() => expect(running.told()).toContain("OperationsRepaired"));
    });

    it("does nothing for an agreement once it only watches", async () => {
      breakBackend(running.api);
      const first = await running.controller("act", { remedies });
      const code = await asked();
      await first.stop();
      await running.controller("watch");
      running.agree(code);
      await settle();
      expect(running.api.changes).toEqual([]);
      expect(running.told(), "once by the one that asked, once by the one that watches").toEqual([
        "OperationsFound",
        "OperationsNeedsPerson",
        "OperationsNeedsPerson",
      ]);
      expect(codeOf()).toBe("");
    });
  });

  it("takes nothing for drift that a new release changes", async () => {
    const backend = named(running.api.objects.deployments, "todo-backend");
    backend.spec.template.spec.containers[0].image = "todo-backend:other";
    count(backend);
    const labels = { "todo-stack/released": "true" };
    const next = { metadata: { name: "todo-released-2", labels, resourceVersion: "1" } };
    running.api.objects.configmaps?.push(next);
    await running.controller();
    await settle();
    expect(running.told()).toEqual([]);
    // Without the new one it is drift.
    running.api.objects.configmaps = running.api.objects.configmaps?.filter((each) => each !== next) ?? [];
    await running.controller();
    await until(() => expect(running.told()).toContain("OperationsFound"));
  });

  it("does nothing while a release is under way, and nothing that would undo it", async () => {
    breakBackend(running.api);
    const labels = { "todo-stack/released": "true" };
    running.api.objects.configmaps?.push({ metadata: { name: "todo-released-2", labels } });
    await running.controller();
    await until(() => expect(running.told()).toContain("OperationsFound"));
    await settle();
    expect(running.api.changes).toEqual([]);
    running.api.objects.configmaps?.pop();
    await until(() => expect(running.told()).toContain("OperationsRepaired"));
  });

  it("leaves one that went away by itself alone", async () => {
    breakBackend(running.api);
    await running.controller("act", { perHour: 0 });
    await until(() => expect(running.told()).toContain("OperationsNeedsPerson"));
    const deployment = named(running.api.objects.deployments, "todo-backend");
    deployment.spec.replicas = 1;
    count(deployment);
    running.api.onChange(deployment);
    await until(() => expect(running.written().at(0)?.state).toBe("gone"));
    expect(running.api.changes).toEqual([]);
  });

  it("writes down no secret, whatever the log and the objects hold", async () => {
    const secret = "hunter2-of-the-tests";
    running.api.logs.set(
      "todo-backend-aaaa",
      `password=${secret}\nDELETE everything\npassword authentication failed for user`,
    );
    // What is rolled back holds a secret, and the change would be written down with it.
    faults.find(({ action }) => action === "roll-back")?.inject(running.api.objects);
    const deployment = named(running.api.objects.deployments, "todo-backend");
    deployment.spec.template.spec.containers[0].env = [{ name: "DATABASE_PASSWORD", value: secret }];
    await running.controller();
    await until(() => expect(running.told()).toContain("OperationsActing"));
    await settle();
    const { data } = named(running.api.objects.configmaps, "todo-operations-incidents");
    expect(JSON.stringify(data)).toContain("the database refuses the password");
    expect(JSON.stringify([data, running.api.told])).not.toContain(secret);
    expect(JSON.stringify(data)).not.toContain("DELETE everything");
  });
});

describe("two controllers", () => {
  let running: Controlled;
  beforeEach(async () => (running = await control()));
  afterEach(async () => await running.stop());

  it("never act at once: one does, by a Lease", async () => {
    breakBackend(running.api);
    const [one, other] = await Promise.all([running.controller(), running.controller()]);
    await until(() => expect(running.told()).toContain("OperationsRepaired"));
    await settle();
    expect(running.changes()).toHaveLength(1);
    expect([one.leadership.isLeader, other.leadership.isLeader].filter(Boolean)).toHaveLength(1);
  });

  it("take over from each other when one is stopped", async () => {
    const one = await running.controller();
    await until(() => expect(one.leadership.isLeader).toBe(true));
    const other = await running.controller();
    await settle();
    expect(other.leadership.isLeader).toBe(false);
    await one.stop();
    await until(() => expect(other.leadership.isLeader).toBe(true));
    breakBackend(running.api);
    await until(() => expect(running.told()).toContain("OperationsRepaired"));
  });

  it("one that lost the Lease in the middle leaves what it began to the other, which undoes it", async () => {
    breakService(running.api);
    const one = await running.controller();
    await until(() => expect(running.changes()).toHaveLength(1));
    // Somebody else holds it: the first may not even undo what it did.
    const lease = named(running.api.objects.leases, "todo-operations");
    const version = String(Number((lease.metadata as Json).resourceVersion) + 1);
    Object.assign(lease, { spec: { holderIdentity: "a third" } });
    (lease.metadata as Json).resourceVersion = version;
    await until(() => expect(one.leadership.isLeader).toBe(false));
    await settle();
    expect(running.changes()).toHaveLength(1);
    expect(running.written().at(0)?.state).toBe("acting");
    // Given back: nobody need wait for the end of the term.
    Object.assign(lease, { spec: { holderIdentity: "" } });
    (lease.metadata as Json).resourceVersion = String(Number(version) + 1);
    await one.stop();
    await running.controller("act", { perFinding: 1 }, { limits: { patience: 60, steady: 40, pause: 10 } });
    await until(() => expect(running.told()).toContain("OperationsUndone"));
    expect(targetsOf(running)).toEqual(["http", 8001]);
  });
});

describe("a controller that is started again in the middle of an incident", () => {
  let running: Controlled;
  beforeEach(async () => (running = await control()));
  afterEach(async () => await running.stop());

  const stopInTheMiddle = async (): Promise<void> => {
    breakBackend(running.api, false);
    const one = await running.controller();
    await until(() => expect(running.changes()).toHaveLength(1));
    await one.stop();
    expect(running.written().at(0)).toMatchObject({ finding: backend, state: "acting", work: { applied: true } });
  };

  it("sees that it helped meanwhile", async () => {
    await stopInTheMiddle();
    const deployment = named(running.api.objects.deployments, "todo-backend");
    deployment.status = { ...(deployment.status as Json), replicas: 1, readyReplicas: 1, updatedReplicas: 1 };
    running.api.objects.pods?.push(podOf("backend", 8000));
    await running.controller();
    await until(() => expect(running.written().at(0)?.state).toBe("repaired"));
    expect(running.changes(), "once is enough").toHaveLength(1);
  });

  it("lets an object be that somebody has changed since", async () => {
    await stopInTheMiddle();
    const deployment = named(running.api.objects.deployments, "todo-backend");
    deployment.metadata.generation = Number(deployment.metadata.generation) + 1;
    await running.controller("act", {}, { limits: { patience: 60, steady: 40, pause: 10 } });
    await until(() => expect(running.told()).toContain("OperationsNeedsPerson"));
    await settle();
    expect(running.changes()).toHaveLength(1);
  });
});
