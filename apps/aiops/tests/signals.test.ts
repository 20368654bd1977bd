import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Alerts } from "../src/controller/alerts.ts";
import { decide } from "../src/controller/deciding/policy.ts";
import type { Question } from "../src/controller/deciding/policy.ts";
import { recordable, toldOf } from "../src/incidents/incident.ts";
import { Requests } from "../src/controller/requests.ts";
import type { Plan } from "../src/remedies/remedy-plan.ts";
import { choose } from "../src/remedies/choose.ts";
import { diagnose } from "../src/diagnosis/all-findings.ts";
import { planOf } from "../src/remedies/remedy-plan.ts";
import { remediate } from "../src/remedies/remediation.ts";
import type { Means } from "../src/remedies/remediation.ts";
import type { Readiness, Snapshot } from "../src/diagnosis/snapshot.ts";
import { holdsSecret } from "../src/text.ts";
import { control, FakeSite, policy } from "./support/controlling.ts";
import type { Controlled } from "./support/controlling.ts";
import { faults } from "./support/faults.ts";
import { healthy, named, snapshotOf } from "./support/stack.ts";
import type { Json } from "./support/stack.ts";

const until = async (assertion: () => void): Promise<void> => {
  await vi.waitFor(assertion, { timeout: 110_000, interval: 20 });
};

describe("the controller hears of", () => {
  let running: Controlled;
  beforeEach(async () => (running = await control()));
  afterEach(async () => await running.stop());

  const isRepaired = async (finding: string): Promise<Json[]> => {
    await until(() => expect(running.written().at(0)).toMatchObject({ finding, state: "repaired" }));
    return running.changes();
  };

  it("a changed object, and applies the released one again", async () => {
    const map = named(running.api.objects.configmaps, "todo-backend");
    map.data.LOG_LEVEL = "DEBUG";
    await running.controller();
    const changes = await isRepaired("drift:ConfigMap/todo-backend");
    expect(changes).toHaveLength(1);
    expect(map.data.LOG_LEVEL).toBe("INFO");
  });

  it("a release that does not run, and goes back to the revision that serves", async () => {
    const { api } = running;
    faults.find(({ action }) => action === "roll-back")?.inject(api.objects);
    api.onChange = (deployment) => {
      deployment.status = { ...(deployment.status as Json), replicas: 1, readyReplicas: 1, updatedReplicas: 1 };
      api.objects.pods = api.objects.pods?.filter(({ metadata }) => (metadata as Json).uid !== "pod-backend-new") ?? [];
    };
    await running.controller();
    const changes = await isRepaired("image-missing:Deployment/todo-backend");
    expect(changes).toHaveLength(1);
    expect(changes[0]?.metadata).toMatchObject({
      annotations: { "todo-stack/rolled-back-from": expect.any(String) as string },
    });
  });

  it("an event of a pod that hangs, and restarts it", async () => {
    const { api } = running;
    faults.find(({ action }) => action === "restart")?.inject(api.objects);
    api.onChange = () => {
      const pod = named(api.objects.pods, "todo-frontend");
      pod.status.conditions[1].status = "True";
      pod.status.containerStatuses[0].ready = true;
    };
    await running.controller();
    expect(await isRepaired("failing-probe:Deployment/todo-frontend")).toHaveLength(1);
  });

  it("wrong answers while every probe is green, and restarts what gives them", async () => {
    const { api, site } = running;
    site.status["/api/backend/todos"] = 500;
    api.onChange = () => (site.status["/api/backend/todos"] = 401);
    await running.controller();
    const [change] = await isRepaired("wrong-answer:Deployment/todo-backend");
    expect(JSON.stringify(change)).toContain("kubectl.kubernetes.io/restartedAt");
    expect(running.written().at(0)?.facts).toMatchObject({ request: "api", status: 500 });
  });

  it("an alert, and changes nothing for it", async () => {
    const { server } = await running.controller();
    await until(() => expect(running.api.asked).toContain("WATCH pods"));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const alerts = [{ status: "firing", labels: { alertname: "TodoErrors" } }];
    const send = async (body: string) => (await fetch(`${url}/alerts`, { method: "POST", body })).status;
    expect(await send("nonsense")).toBe(400);
    expect(await send(JSON.stringify({ alerts }))).toBe(204);
    await until(() => expect(running.told()).toEqual(["OperationsFound", "OperationsNeedsPerson"]));
    expect(running.written().at(0)).toMatchObject({
      finding: "alert:Deployment/todo-backend",
      facts: { names: ["TodoErrors"] },
    });
    expect(running.api.changes).toEqual([]);
  });

  it("its own alert not, which would keep itself firing", () => {
    const alerts = new Alerts("");
    const labels = [{ alertname: "TodoNeedsPerson" }, { alertname: "TodoPodDown", job: "todo-operations" }];
    alerts.take({ alerts: labels.map((each) => ({ status: "firing", labels: each })) });
    expect(alerts.firing()).toEqual([]);
  });

  it("nothing of another ten thousand events than the newest five hundred", async () => {
    const many = Array.from({ length: 2_000 }, (_, index) => ({
      metadata: { name: `event-${index}` },
      type: "Warning",
      reason: "BackOff",
      message: "x".repeat(5_000),
      involvedObject: { kind: "Pod", name: "todo-backend-aaaa", uid: "pod-backend-aaaa" },
    }));
    running.api.objects.events?.push(...many);
    const { EventWatch } = await import("../src/kubernetes/event-watch.ts");
    const { KubeConfig } = await import("@kubernetes/client-node");
    const config = new KubeConfig();
    config.loadFromFile(running.api.kubeconfig);
    config.setCurrentContext("todo");
    const watch = new EventWatch(config, "todo", () => undefined);
    watch.start();
    await until(() => expect(watch.latest().at(-1)?.metadata.name).toBe("event-1999"));
    watch.stop();
    expect(watch.latest()).toHaveLength(500);
    expect(watch.latest()[0]?.message).toHaveLength(1_000);
  });
});

describe("the requests to the application", () => {
  let site: FakeSite;
  beforeEach(async () => (site = await FakeSite.start()));
  afterEach(() => site.stop());

  const ask = (late: number): Requests => {
    const requests = new Requests(site.url, () => [], { pause: 5, patience: 5_000, late });
    requests.start();
    return requests;
  };

  it("tell wrong answers of the frontend from those of the backend, and count only those in a row", async () => {
    const requests = ask(60_000);
    await until(() => expect(requests.answers()).toHaveLength(3));
    expect(requests.answers().map(({ wrong }) => wrong)).toEqual([0, 0, 0]);
    site.status["/signin"] = 200;
    // Nobody may see the todos without a session.
    site.status["/api/backend/todos"] = 200;
    await until(() => expect(requests.answers().find(({ request }) => request === "api")?.wrong).toBeGreaterThan(2));
    expect(
      requests
        .answers()
        .filter(({ wrong }) => wrong > 0)
        .map(({ component }) => component),
    ).toEqual(["backend"]);
    site.status["/api/backend/todos"] = 401;
    await until(() => expect(requests.answers().find(({ request }) => request === "api")?.wrong).toBe(0));
    requests.stop();
  });

  it("count right answers that come late", async () => {
    site.delay = 30;
    const requests = ask(10);
    await until(() => expect(requests.answers().filter(({ slow }) => slow > 2)).toHaveLength(3));
    expect(requests.answers().map(({ wrong }) => wrong)).toEqual([0, 0, 0]);
    requests.stop();
  });

  it("count late answers and none at all as late, and go on until a few good ones come in a row", async () => {
    site.delay = 60;
    const requests = new Requests(site.url, () => [], { pause: 1, patience: 90, late: 20 });
    requests.start();
    const api = () => requests.answers().find(({ request }) => request === "api");
    await until(() => expect(api()?.slow).toBeGreaterThan(1));
    site.delay = 10_000;
    await until(() => expect(api()).toMatchObject({ status: 0 }));
    expect(api()?.slow).toBeGreaterThan(2);
    expect(api()?.slowSeconds).toBeGreaterThan(0.1);
    site.delay = 0;
    await until(() => expect(api()).toMatchObject({ slow: 0, slowSeconds: 0 }));
    requests.stop();
  });

  it("take an answer that asks to come again later for a late one", async () => {
    site.status["/api/backend/todos"] = 503;
    site.headers = { "Retry-After": "1" };
    const requests = ask(60_000);
    const api = () => requests.answers().find(({ request }) => request === "api");
    await until(() => expect(api()?.slow).toBeGreaterThan(2));
    expect(api()?.wrong).toBe(0);
    site.headers = {};
    await until(() => expect(api()?.wrong).toBeGreaterThan(2));
    requests.stop();
  });

  it("take silence for a wrong answer", async () => {
    const requests = ask(10);
    site.stop();
    await until(() => expect(requests.answers().some(({ status, wrong }) => status === 0 && wrong > 2)).toBe(true));
    requests.stop();
    site = await FakeSite.start();
  });
});

describe("what the backends say of their database", () => {
  afterEach(() => vi.unstubAllGlobals());

  const pod = (name: string, podIP: string) => ({
    metadata: { name, labels: { "app.kubernetes.io/component": "backend" } },
    status: { podIP, containerStatuses: [{ state: { running: {} } }] },
  });

  it("counts once it was bad three times in a row within at least 20 seconds, and a good answer ends it", async () => {
    let says = "failed";
    let now = 0;
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ checks: { database: says } }, { status: 503 })));
    const pods = [pod("todo-backend-a", "10.0.0.1")] as unknown as Snapshot["pods"];
    const requests = new Requests(
      "http://site",
      () => pods,
      { pause: 5, patience: 5_000, late: 5_000 },
      () => now,
    );
    const askAt = async (time: number): Promise<Readiness["database"] | undefined> => {
      now = time;
      await requests.askReadiness();
      return requests.readiness()[0]?.database;
    };
    expect(await askAt(0)).toBe("unknown");
    expect(await askAt(25_000), "twice").toBe("unknown");
    expect(await askAt(26_000), "three times").toBe("failed");
    says = "ok";
    expect(await askAt(27_000)).toBe("ok");
    says = "timed out";
    expect(await askAt(30_000)).toBe("unknown");
    expect(await askAt(33_000)).toBe("unknown");
    expect(await askAt(36_000), "three times, but soon").toBe("unknown");
    expect(await askAt(50_000)).toBe("timed out");
  });

  it("is asked anew right before the database is restarted", async () => {
    let readiness: Readiness[] = [{ pod: "todo-backend-aaaa", database: "failed" }];
    const look = (): Snapshot => snapshotOf(healthy(), readiness);
    const at = "2026-07-01T12:00:00.000Z";
    const [finding] = diagnose(look());
    if (finding === undefined) throw new Error("nothing found");
    const action = choose(finding, look(), at);
    if ("refused" in action) throw new Error(action.refused);
    const means = {
      cluster: { verify: () => Promise.resolve(), look: () => Promise.resolve(look()) },
      audit: { appliedFor: () => [], write: () => Promise.resolve() },
      readReleased: () => undefined,
      limits: { attempts: 1, window: 1, coolDown: 0 },
      askAnew: () => {
        readiness = [{ pod: "todo-backend-aaaa", database: "ok" }];
        return Promise.resolve();
      },
    } as unknown as Means;
    const told: string[] = [];
    await remediate(planOf(finding, action, at), means, (state, outcome) => told.push(`${state}: ${outcome}`));
    expect(told).toEqual([
      "refused: database-refuses:StatefulSet/todo-postgres is gone: nothing was done. Next: diagnose",
    ]);
  });
});

describe("the alerts", () => {
  it("are those of the chart that fire, by Prometheus and by an Alertmanager, until they are over", async () => {
    const site = await FakeSite.start();
    const alerts = new Alerts(site.url);
    site.alerts = [
      { state: "firing", labels: { alertname: "TodoDatabaseConnections" } },
      { state: "firing", labels: { alertname: "TodoPodDown", job: "todo-frontend" } },
      { state: "pending", labels: { alertname: "TodoSlow" } },
      { state: "firing", labels: { alertname: "ScaleEverythingToZero" } },
      { state: "firing", labels: { alertname: "constructor" } },
    ];
    await alerts.ask();
    expect(alerts.firing()).toEqual([
      { name: "TodoDatabaseConnections", component: "postgres" },
      { name: "TodoPodDown", component: "frontend" },
    ]);
    site.stop();
    await alerts.ask();
    expect(alerts.firing()).toEqual([]);
    const send = (status: string) => alerts.take({ alerts: [{ status, labels: { alertname: "TodoSlow" } }] });
    send("firing");
    expect(alerts.firing()).toEqual([{ name: "TodoSlow", component: "backend" }]);
    send("resolved");
    expect(alerts.firing()).toEqual([]);
  });
});

describe("the policy", () => {
  const now = Date.parse("2026-07-01T23:30:00Z");
  const question: Question = { finding: "a", action: "scale", attempts: [], release: 3_600_000, now };
  const before = (minutes: number, finding = "a") => ({ finding, at: now - minutes * 60_000 });
  const decided = (more: Partial<Question>, rule: Partial<typeof policy> = {}): string =>
    decide({ ...policy, perFinding: 2, perHour: 3, perDay: 4, coolDownSeconds: 60, ...rule }, { ...question, ...more })
      .decision;

  it("lets act, within its budgets", () => {
    expect(decided({})).toBe("act");
    expect(decided({ attempts: [before(5), before(10)] })).toBe("tell");
    expect(decided({ attempts: [before(70), before(80)] }), "an hour later").toBe("act");
    expect(decided({ attempts: [before(5, "b"), before(10, "c"), before(15, "d")] }), "in an hour").toBe("tell");
    expect(
      decided({ attempts: [before(70, "b"), before(80, "c"), before(90, "d"), before(100, "e")] }),
      "in a day",
    ).toBe("tell");
  });

  it("waits for the cooldown, for a release, and for the end of quiet hours", () => {
    expect(decided({ attempts: [before(0.5)] })).toBe("wait");
    expect(decided({ release: undefined })).toBe("wait");
    expect(decided({ release: 10_000 }, { afterReleaseSeconds: 60 })).toBe("wait");
    expect(decided({}, { quietHours: { from: "22:00", to: "06:00" } })).toBe("wait");
    expect(decided({}, { quietHours: { from: "06:00", to: "22:00" } })).toBe("act");
  });

  it("leaves to a person what it is told to", () => {
    expect(decided({}, { remedies: { ...policy.remedies, scale: "never" } })).toBe("tell");
    expect(decided({}, { remedies: { ...policy.remedies, scale: "ask" } })).toBe("ask");
  });
});

describe("what looks like a secret", () => {
  it("is not written down of what is changed, and a number of pods is", () => {
    const object = { kind: "Deployment", name: "todo-backend" };
    const plan = (path: string, before: unknown): Plan => ({
      id: "1",
      finding: "a",
      kind: "drift",
      action: { type: "re-apply", object, uid: "1", edits: [{ path, before, after: "x" }] },
      hash: "",
      at: "",
      expires: 0,
    });
    for (const [path, before] of [
      ["/spec/template/spec/containers/0/env/0/value", "hunter2"],
      ["/data/API_TOKEN", "hunter2"],
      ["/spec/template", { spec: { containers: [{ env: [{ name: "PASSWORD", value: "hunter2" }] }] } }],
    ] as const) {
      const secret = plan(path, before);
      expect(JSON.stringify([recordable(secret), toldOf(secret.action)]), path).not.toContain("hunter2");
    }
    const open = plan("/spec/replicas", 0);
    expect(recordable(open)).toEqual(open);
    expect(toldOf(open.action)).toEqual(['/spec/replicas: 0 → "x"']);
  });

  it("is known in the fields of an object, and names of Secrets are none", () => {
    expect(holdsSecret({ env: [{ name: "DATABASE_PASSWORD", value: "abcdef" }] })).toBe(true);
    expect(holdsSecret({ data: { API_TOKEN: "abcdef" } })).toBe(true);
    expect(holdsSecret({ args: ["postgresql://user:abcdef@host/db"] })).toBe(true);
    const template = { secret: { secretName: "todo-backend-1a2b" }, automountServiceAccountToken: false };
    expect(holdsSecret({ ...template, env: [{ name: "LOG_LEVEL", value: "INFO" }] })).toBe(false);
  });
});
