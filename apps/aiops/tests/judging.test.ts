import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { control, count, releasedName } from "./support/controlling.ts";
import type { Controlled } from "./support/controlling.ts";
import type { FakeApi } from "./support/fake-api.ts";
import { named, podOf } from "./support/stack.ts";
import type { Json } from "./support/stack.ts";

const until = async (assertion: () => void): Promise<void> => {
  await vi.waitFor(assertion, { timeout: 30_000, interval: 20 });
};

const settle = async (milliseconds = 400): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
};

const short = { limits: { patience: 300, steady: 40, pause: 10 } };

/** No pods; once they are wanted again the cluster makes them. */
const scaleToZero = (api: FakeApi): Json => {
  const deployment = named(api.objects.deployments, "todo-backend");
  deployment.spec.replicas = 0;
  deployment.status = { observedGeneration: deployment.metadata.generation as number };
  count(deployment);
  api.objects.pods = api.objects.pods?.filter((pod) => !String(pod.metadata.name).includes("backend")) ?? [];
  api.onChange = (object) => {
    if (object !== deployment) return;
    Object.assign(object.status, { replicas: 1, readyReplicas: 1, updatedReplicas: 1 });
    api.objects.pods?.push({ ...podOf("backend", 8000), kind: "Pod" });
  };
  return deployment;
};

/** A Service that leads nowhere, and a frontend that is not ready once it leads to where it should. */
const breakService = (api: FakeApi, onRepair: (service: Json) => void): Json => {
  const service = named(api.objects.services, "todo-backend");
  service.spec.ports[0].targetPort = 8001;
  count(service);
  api.onChange = (object) => {
    if (object !== service || object.spec.ports[0].targetPort === 8001) return;
    const frontend = named(api.objects.deployments, "todo-frontend");
    frontend.status.readyReplicas = 0;
    count(frontend);
    api.onChange = () => undefined;
    setTimeout(() => onRepair(service), 60);
  };
  return service;
};

describe("a repair that was right", () => {
  let running: Controlled;
  beforeEach(async () => (running = await control()));
  afterEach(async () => await running.stop());

  const replicas = (): unknown[] =>
    running.changes().flatMap(({ spec }) => (spec as { replicas?: number }).replicas ?? []);

  it("stays although something else hangs that it has nothing to do with", async () => {
    const { api } = running;
    scaleToZero(api);
    const labels = { "app.kubernetes.io/component": "prometheus" };
    api.objects.deployments?.push({
      kind: "Deployment",
      metadata: { name: "todo-prometheus", labels, uid: "prometheus", generation: 1, resourceVersion: "1" },
      spec: { replicas: 1, selector: { matchLabels: labels }, template: { spec: { containers: [] } } },
      status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1 },
    });
    await running.controller("act", {}, short);
    await until(() => expect(running.told()).toContain("OperationsRepaired"));
    await settle();
    expect(replicas()).toEqual([1]);
  });

  it("stays although the same object has another fault, which is repaired next", async () => {
    const { api } = running;
    const deployment = scaleToZero(api);
    deployment.spec.template.spec.containers[0].image = "todo-backend:nowhere";
    const heal = api.onChange;
    api.onChange = (object) => {
      heal(object);
      if (object.spec?.template?.spec.containers[0].image !== "todo-backend:nowhere") return;
      const pod = named(api.objects.pods, "todo-backend");
      pod.status.containerStatuses[0].state = { waiting: { reason: "ErrImageNeverPull" } };
      deployment.status.readyReplicas = 0;
      const again = api.onChange;
      api.onChange = (next) => {
        api.objects.pods = api.objects.pods?.filter((each) => each !== pod) ?? [];
        again(next);
      };
    };
    await running.controller("act", {}, short);
    await until(() => expect(running.written().filter(({ state }) => state === "repaired")).toHaveLength(2));
    expect(running.written().map(({ kind }) => kind)).toEqual(["scaled-to-zero", "image-missing"]);
    expect(replicas()).toEqual([1, 1]);
  });

  it("does not count as one where another fault only hides that it did not help", async () => {
    const { api, site } = running;
    site.status["/api/backend/todos"] = 500;
    api.onChange = (object) => {
      if (object.kind !== "Deployment") return;
      const map = named(api.objects.configmaps, "todo-frontend");
      map.data.LOG_LEVEL = "DEBUG";
      count(map);
      api.onChange = () => undefined;
    };
    await running.controller("act", { perFinding: 1 }, short);
    await until(() => expect(running.written().map(({ kind }) => kind)).toContain("drift"));
    await settle();
    expect(running.written().find(({ kind }) => kind === "wrong-answer")?.state).not.toBe("repaired");
  });

  it("counts only once its pods are ready, whatever the answers of the application are called meanwhile", async () => {
    const { api, site } = running;
    const deployment = scaleToZero(api);
    const heal = api.onChange;
    // The cluster's own controllers are slow: they have not even seen what was changed.
    api.onChange = (object) => {
      if (object === deployment) deployment.metadata.generation = Number(deployment.metadata.generation) + 1;
    };
    site.status["/api/health"] = 502;
    await running.controller("act");
    await until(() => expect(replicas()).toEqual([1]));
    await settle(1_500);
    expect(running.told()).not.toContain("OperationsRepaired");
    expect(running.written().map(({ kind }) => kind)).not.toContain("service-misrouted");
    deployment.status.observedGeneration = deployment.metadata.generation as number;
    heal(deployment);
    count(deployment);
    site.status["/api/health"] = 200;
    await until(() => expect(running.told()).toContain("OperationsRepaired"));
    expect(replicas()).toEqual([1]);
  });

  it("is made once a person agrees, although the attempts are used up", async () => {
    scaleToZero(running.api);
    const finding = "scaled-to-zero:Deployment/todo-backend";
    const attempts = [{ finding, at: Date.now() - 1_000 }];
    const kept = named(running.api.objects.configmaps, "todo-operations-incidents");
    kept.data = { "incidents.json": JSON.stringify({ incidents: [], attempts }) };
    const remedies = { restart: "ask", scale: "ask", "roll-back": "ask", "re-apply": "ask", replace: "ask" } as const;
    await running.controller("act", { remedies, perFinding: 1, coolDownSeconds: 600 }, short);
    await until(() => expect(running.written().at(0)?.question?.code).toBeDefined());
    running.agree(running.written().at(0)?.question?.code ?? "");
    await until(() => expect(running.told()).toContain("OperationsRepaired"));
  });
});

describe("what somebody else has written", () => {
  let running: Controlled;
  beforeEach(async () => (running = await control()));
  afterEach(async () => await running.stop());

  it("is not undone with a repair that did not help", async () => {
    const service = breakService(running.api, (changed) => {
      changed.spec.ports[0].port = 8080;
      changed.metadata.generation = Number(changed.metadata.generation) + 1;
      count(changed);
    });
    await running.controller("act", {}, short);
    await until(() => expect(running.told()).toContain("OperationsNeedsPerson"));
    const history = running
      .written()
      .at(0)
      ?.history.map(({ what }) => what);
    expect(history?.join("\n")).toMatch(/Somebody else has changed Service\/todo-backend since/);
    expect(service.spec.ports[0]).toMatchObject({ port: 8080, targetPort: "http" });
    expect(running.changes()).toHaveLength(1);
  });

  it("is seen in the fields where the API counts no generation", async () => {
    const service = breakService(running.api, (changed) => {
      changed.spec.ports[0].targetPort = 9000;
      count(changed);
    });
    delete (service.metadata as Json).generation;
    const before = running.api.onChange;
    running.api.onChange = (object) => {
      delete (object.metadata as Json).generation;
      before(object);
    };
    await running.controller("act", { perFinding: 1 }, short);
    await settle(1_500);
    expect(service.spec.ports[0].targetPort).toBe(9000);
    expect(running.changes()).toHaveLength(1);
  });

  it("is not undone while it is a new release", async () => {
    const labels = { "todo-stack/released": "true" };
    const service = breakService(running.api, () =>
      running.api.objects.configmaps?.push({
        metadata: { name: `${releasedName}-next`, labels, resourceVersion: "1" },
      }),
    );
    await running.controller("act", {}, short);
    await until(() => expect(running.changes()).toHaveLength(1));
    await until(() => expect(running.written().at(0)?.state).not.toBe("acting"));
    await settle(800);
    expect(running.changes()).toHaveLength(1);
    expect(service.spec.ports[0].targetPort).toBe("http");
    expect(running.told()).not.toContain("OperationsUndone");
  });
});

describe("what cannot be done", () => {
  let running: Controlled;
  beforeEach(async () => (running = await control()));
  afterEach(async () => await running.stop());

  it("is told to a person at the third refusal, once, and not tried all the time", async () => {
    scaleToZero(running.api);
    running.api.forbidden.add("PATCH deployments");
    await running.controller();
    await until(() => expect(running.told()).toContain("OperationsNeedsPerson"));
    await settle(1_000);
    expect(running.told().filter((reason) => reason === "OperationsNeedsPerson")).toHaveLength(1);
    expect(running.told().filter((reason) => reason === "OperationsActing")).toHaveLength(3);
    expect(running.written().at(0)?.history.at(-1)?.what).toMatch(/was not changed: Forbidden/);
    expect(running.changes()).toEqual([]);
  });

  it("is told to a person once when a release seems never to end, and done when it has", async () => {
    scaleToZero(running.api);
    const labels = { "todo-stack/released": "true" };
    const record = (minutes: number): Json => ({
      metadata: {
        name: `${releasedName}-${minutes}`,
        labels,
        resourceVersion: "1",
        creationTimestamp: new Date(Date.now() - minutes * 60_000).toISOString(),
      },
    });
    const maps = running.api.objects.configmaps;
    maps?.push(record(5));
    await running.controller();
    await until(() => expect(running.told()).toContain("OperationsFound"));
    await settle();
    expect(running.told()).not.toContain("OperationsNeedsPerson");
    maps?.splice(-1, 1, record(31));
    await until(() => expect(running.told()).toContain("OperationsNeedsPerson"));
    await settle();
    expect(running.told().filter((reason) => reason === "OperationsNeedsPerson")).toHaveLength(1);
    maps?.pop();
    await until(() => expect(running.told()).toContain("OperationsRepaired"));
  });

  it("is not done while a release is under way, although a person has agreed", async () => {
    scaleToZero(running.api);
    const remedies = { restart: "ask", scale: "ask", "roll-back": "ask", "re-apply": "ask", replace: "ask" } as const;
    await running.controller("act", { remedies });
    await until(() => expect(running.written().at(0)?.question?.code).toBeDefined());
    const labels = { "todo-stack/released": "true" };
    const creationTimestamp = new Date().toISOString();
    const next = { metadata: { name: `${releasedName}-next`, labels, resourceVersion: "1", creationTimestamp } };
    running.api.objects.configmaps?.push(next);
    await settle(100);
    running.agree(running.written().at(0)?.question?.code ?? "");
    await settle();
    expect(running.api.changes).toEqual([]);
    running.api.objects.configmaps?.pop();
    await until(() => expect(running.told()).toContain("OperationsRepaired"));
  });
});

describe("a controller that was stopped between writing down and making a deleted object", () => {
  it("goes on at once: nothing was made yet", async () => {
    const running = await control();
    const { api } = running;
    const object = { kind: "NetworkPolicy", name: "todo-postgres" };
    api.objects.networkpolicies =
      api.objects.networkpolicies?.filter((each) => each.metadata.name !== object.name) ?? [];
    const finding = `network-policy:NetworkPolicy/${object.name}`;
    const at = new Date().toISOString();
    const action = { type: "re-apply", object, edits: [] };
    const plan = { id: "1", finding, kind: "network-policy", action, hash: "", at, expires: 0 };
    const incident = {
      id: "1",
      finding,
      kind: "network-policy",
      object,
      summary: "",
      facts: {},
      opened: at,
      history: [],
    };
    const begun = { ...incident, state: "acting", work: { plan, applied: true } };
    const kept = named(api.objects.configmaps, "todo-operations-incidents");
    kept.data = { "incidents.json": JSON.stringify({ incidents: [begun], attempts: [] }) };
    await running.controller();
    await until(() => expect(running.written().at(0)?.state).toBe("repaired"));
    expect(running.changes()).toHaveLength(1);
    await running.stop();
  });
});
