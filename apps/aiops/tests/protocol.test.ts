import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { callsPerMinute } from "../src/operations.ts";
import { agrees, call, connect } from "./support/client.ts";
import { FakeApi } from "./support/fake-api.ts";
import { faults } from "./support/faults.ts";
import { run, token } from "./support/running.ts";
import type { Running } from "./support/running.ts";
import { named, podOf, released } from "./support/stack.ts";
import type { Json } from "./support/stack.ts";

const finding = "scaled-to-zero:Deployment/todo-backend";

/** Takes all pods of the backend away; what brings them back is the cluster's own controllers, if there are any. */
const breakBackend = (api: FakeApi, repairs = true): void => {
  const deployment = named(api.objects.deployments, "todo-backend");
  deployment.spec.replicas = 0;
  deployment.status = { observedGeneration: 1 };
  api.objects.pods = api.objects.pods?.filter(({ metadata }) => !isBackend(metadata as Json)) ?? [];
  api.onChange = (object) => {
    if (object.kind !== "Deployment" || object.spec.replicas !== 1 || !repairs) return;
    object.status = { ...(object.status as Json), replicas: 1, readyReplicas: 1, updatedReplicas: 1 };
    api.objects.pods?.push(podOf("backend", 8000));
  };
};

const isBackend = ({ name }: Json): boolean => String(name).startsWith("todo-backend");

const written = (api: FakeApi): number => api.changes.filter(({ dryRun }) => !dryRun).length;

const events = (api: FakeApi): string[] =>
  readFileSync(join(api.folder, "audit.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { event: string }).event);

/** A Service that leads nowhere, and a frontend that is not ready once it leads to where it should. */
const misrouted = "service-misrouted:Service/todo-backend";
const breakService = (api: FakeApi): void => {
  const service = named(api.objects.services, "todo-backend");
  service.spec.ports[0].targetPort = 8001;
  api.onChange = ({ kind, spec }) => {
    if (kind !== "Service") return;
    named(api.objects.deployments, "todo-frontend").status.readyReplicas = spec.ports[0].targetPort === 8001 ? 1 : 0;
  };
};

const planFor = async (client: Client, about = finding): Promise<string> => {
  const { planId, text } = await call(client, "plan_remediation", { finding: about });
  expect(planId, text).toBeTypeOf("string");
  return planId as string;
};

describe("over both transports", () => {
  const transports: [
    string,
    "modern" | "legacy",
    (running: Running) => StdioClientTransport | StreamableHTTPClientTransport,
  ][] = [
    ["stdio", "modern", ({ api }) => stdio(api)],
    ["stdio, as before 2026-07-28", "legacy", ({ api }) => stdio(api)],
    ["HTTP", "modern", ({ url }) => http(url)],
    ["HTTP, as before 2026-07-28", "legacy", ({ url }) => http(url)],
  ];
  const stdio = (api: FakeApi) => {
    const main = join(import.meta.dirname, "../src/main.ts");
    const place = ["--kubeconfig", api.kubeconfig, "--context", "todo", "--namespace", "todo", "--state", api.folder];
    return new StdioClientTransport({ command: process.execPath, args: [main, ...place], stderr: "pipe" });
  };
  const http = (url: URL) =>
    new StreamableHTTPClientTransport(url, { requestInit: { headers: { Authorization: `Bearer ${token}` } } });

  for (const [title, era, transport] of transports) {
    describe(title, () => {
      let running: Running;
      let client: Client;

      beforeEach(async () => {
        running = await run();
        client = await connect(transport(running), { era });
      });

      afterEach(async () => {
        await client.close();
        await running.stop();
      });

      it("lists its tools always in the same order, and lets none take what it does not know", async () => {
        const { tools } = await client.listTools();
        expect(tools.map(({ name }) => name)).toEqual([
          ...["get_health", "diagnose", "get_logs", "analyze_logs", "get_events", "get_incidents"],
          ...["approve_incident", "validate_config", "get_rollout_history"],
          ...["plan_remediation", "apply_remediation", "get_remediation"],
        ]);
        for (const { name, inputSchema, annotations } of tools) {
          expect(inputSchema, name).toMatchObject({ additionalProperties: false });
          expect(annotations?.readOnlyHint, name).toBe(!["apply_remediation", "approve_incident"].includes(name));
        }
      });

      it("says that all is well", async () => {
        expect(await call(client, "get_health")).toMatchObject({ healthy: true, findings: [] });
        expect(await call(client, "diagnose")).toMatchObject({ findings: [] });
      });

      it("refuses an unknown tool and wrong arguments, and asks the cluster nothing for them", async () => {
        await client.listTools();
        const before = running.api.asked.length;
        const wrong: [string, Json][] = [
          ["run_shell", { command: "id" }],
          ["get_health", { namespace: "kube-system" }],
          ["get_logs", { component: "../../kube-system" }],
          ["get_logs", { component: "backend", lines: 1e9 }],
          ["get_logs", { component: "backend", pod: "x" }],
          ["apply_remediation", { planId: "1" }],
          ["apply_remediation", {}],
        ];
        for (const [name, args] of wrong) {
          const refused = await call(client, name, args).then(
            ({ isError }) => isError as boolean,
            () => true,
          );
          expect(refused, `${name} ${JSON.stringify(args)} must be refused`).toBe(true);
        }
        expect(running.api.asked.slice(before)).toEqual([]);
      });

      describe("whose client cannot ask a person", () => {
        const questions = (): string => join(running.api.folder, "aiops-questions");

        /** As `npm run aiops -- approve CODE` does. */
        const agreeTo = (code: string): void => {
          const file = join(questions(), `${code}.json`);
          const asked = JSON.parse(readFileSync(file, "utf8")) as Json;
          writeFileSync(file, JSON.stringify({ ...asked, agreed: "2026-01-02T11:00:00Z" }));
        };

        it("gives a code for a terminal, and does nothing before the person has agreed there", async () => {
          breakBackend(running.api);
          const planId = await planFor(client);
          const asked = await call(client, "apply_remediation", { planId });
          expect(asked).toMatchObject({
            state: "asked",
            code: expect.stringMatching(/^[A-Z2-9]{4}-[A-Z2-9]{4}$/) as string,
          });
          expect(asked.text).toContain(`npm run aiops -- approve ${String(asked.code)}`);
          const again = await call(client, "apply_remediation", { planId });
          expect([again.code, written(running.api)]).toEqual([asked.code, 0]);
          expect(readdirSync(questions())).toEqual([`${String(asked.code)}.json`]);
          agreeTo(String(asked.code));
          // The server of a checkout waits longer than a test likes to: it is enough that the change is made.
          call(client, "apply_remediation", { planId }).catch(() => undefined);
          await expect.poll(() => written(running.api), { timeout: 20_000 }).toBe(1);
          const used = await call(client, "apply_remediation", { planId });
          expect(used.text).toMatch(/no such plan/);
        });

        it("takes the agreement to one plan for no other", async () => {
          breakBackend(running.api);
          const first = await call(client, "apply_remediation", { planId: await planFor(client) });
          agreeTo(String(first.code));
          const second = await call(client, "apply_remediation", { planId: await planFor(client) });
          expect(second.state).toBe("asked");
          expect(second.code).not.toBe(first.code);
          expect(written(running.api)).toBe(0);
        });
      });
    });
  }

  for (const era of ["modern", "legacy"] as const) {
    it(`does what a person agrees to over stdio, ${era}`, async () => {
      const running = await run();
      breakBackend(running.api);
      const client = await connect(stdio(running.api), { era, person: agrees });
      try {
        // The server of a checkout waits longer than a test likes to: it is enough that the change is made.
        const applied = call(client, "apply_remediation", { planId: await planFor(client) });
        await expect.poll(() => written(running.api), { timeout: 20_000 }).toBe(1);
        applied.catch(() => undefined);
      } finally {
        await client.close();
        await running.stop();
      }
    });
  }
});

it("answers on standard output alone, whatever a library says", async () => {
  const api = await FakeApi.start();
  // In place of a library.
  const library = "process.on('SIGUSR2', () => console.log('words of a library'))";
  const place = ["--kubeconfig", api.kubeconfig, "--context", "todo", "--namespace", "todo", "--state", api.folder];
  const main = join(import.meta.dirname, "../src/main.ts");
  const server = spawn(process.execPath, ["--import", `data:text/javascript,${library}`, main, ...place]);
  const [lines, words] = [createInterface({ input: server.stdout }), createInterface({ input: server.stderr })];
  const said: string[] = [];
  const answered: string[] = [];
  words.on("line", (line) => said.push(line));
  lines.on("line", (line) => answered.push(line));
  const hello = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "tests", version: "1" } };
  server.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: hello })}\n`);
  await expect.poll(() => answered.length, { timeout: 20_000 }).toBe(1);
  server.kill("SIGUSR2");
  await expect.poll(() => said, { timeout: 20_000 }).toContain("words of a library");
  server.stdin.end();
  await once(server, "close");
  expect(answered.map((line) => (JSON.parse(line) as { jsonrpc: string }).jsonrpc)).toEqual(["2.0"]);
  api.stop();
});

describe("an approval", () => {
  let running: Running;
  let api: FakeApi;

  beforeEach(async () => {
    running = await run();
    api = running.api;
    breakBackend(api);
  });

  afterEach(async () => {
    vi.useRealTimers();
    await running.stop();
  });

  it("is asked for with everything that will be done, and is carried out after it was tried, once", async () => {
    let asked = "";
    const client = await running.client((message) => {
      asked = message;
      return agrees(message);
    });
    const planId = await planFor(client);
    expect(written(api), "planning changes nothing").toBe(0);
    const result = await call(client, "apply_remediation", { planId });
    expect(result, result.text).toMatchObject({ state: "fixed", action: "scale" });
    expect(asked).toContain("scale Deployment/todo-backend");
    expect(asked).toContain("/spec/replicas: 0 → 1");
    expect(api.changes.map(({ dryRun }) => dryRun)).toEqual([true, true, false]);
    expect(events(api)).toEqual(["call", "planned", "call", "asked", "call", "approved", "applied", "fixed"]);
    expect(await call(client, "get_remediation", { planId })).toMatchObject({ state: "fixed" });
    const again = await call(client, "apply_remediation", { planId });
    expect(again.text, "a plan is used once").toMatch(/was used/);
    expect(written(api)).toBe(1);
  });

  it("that is declined does nothing, and uses the plan up", async () => {
    const client = await running.client(() => ({ action: "decline" }));
    const planId = await planFor(client);
    expect((await call(client, "apply_remediation", { planId })).text).toMatch(/did not agree/);
    expect((await call(client, "apply_remediation", { planId })).text).toMatch(/was used/);
    expect(written(api)).toBe(0);
  });

  it("without the tick does nothing", async () => {
    const client = await running.client(() => ({ action: "accept", content: { approve: false } }));
    expect((await call(client, "apply_remediation", { planId: await planFor(client) })).text).toMatch(/did not agree/);
    expect(written(api)).toBe(0);
  });

  /** Asks by hand, and gives what stands in the answer. */
  const ask = async (client: Client, planId: string): Promise<string> => {
    const result = (await client.callTool(
      { name: "apply_remediation", arguments: { planId } },
      { allowInputRequired: true },
    )) as Json;
    expect(result.inputRequests).toHaveProperty("approval");
    return result.requestState as string;
  };

  const reply = async (client: Client, planId: string, requestState: string | undefined): Promise<string> => {
    const inputResponses = { approval: { action: "accept", content: { approve: true } } };
    const params = { name: "apply_remediation", arguments: { planId }, inputResponses, requestState };
    return await client.callTool(params as never).then(
      (result) => JSON.stringify(result.content),
      (error: unknown) => String(error),
    );
  };

  it("that is replayed is refused", async () => {
    const client = await running.client(agrees);
    const planId = await planFor(client);
    const state = await ask(client, planId);
    expect(await reply(client, planId, state)).toMatch(/fixed/);
    expect(await reply(client, planId, state)).toMatch(/was used/);
    expect(written(api)).toBe(1);
  });

  it("that was never asked for, was altered, or is for another plan is refused", async () => {
    const client = await running.client(agrees);
    const [planId, other] = [await planFor(client), await planFor(client)];
    const state = await ask(client, planId);
    const [version = "", body = "", mac = ""] = state.split(".");
    const payload = JSON.parse(Buffer.from(body, "base64url").toString()) as { p: { plan: string } };
    payload.p.plan = other;
    const altered = [version, Buffer.from(JSON.stringify(payload)).toString("base64url"), mac].join(".");
    expect(await reply(client, planId, undefined)).toMatch(/no answer to this question/);
    expect(await reply(client, other, altered)).toMatch(/Invalid or expired requestState/);
    expect(await reply(client, other, state)).toMatch(/no answer to this question/);
    expect(written(api)).toBe(0);
    expect(await reply(client, planId, state), "the untouched one still counts").toMatch(/fixed/);
  });

  it("that comes too late, or for a plan that is too old, is refused", async () => {
    const client = await running.client(agrees);
    const planId = await planFor(client);
    const state = await ask(client, planId);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 6 * 60_000 });
    expect(await reply(client, planId, state)).toMatch(/Invalid or expired requestState/);
    vi.setSystemTime(Date.now() + 6 * 60_000);
    expect((await call(client, "apply_remediation", { planId })).text).toMatch(/has expired/);
    expect(written(api)).toBe(0);
  });

  it("is worth nothing once the cluster is another than the person was shown", async () => {
    const client = await running.client((message) => {
      named(api.objects.deployments, "todo-backend").spec.replicas = 1;
      return agrees(message);
    });
    expect(await call(client, "apply_remediation", { planId: await planFor(client) })).toMatchObject({
      state: "refused",
      outcome: expect.stringContaining("is gone") as string,
    });
    expect(written(api)).toBe(0);
  });

  it("is worth nothing when somebody else writes at the same moment", async () => {
    const client = await running.client(agrees);
    const planId = await planFor(client);
    const deployment = named(api.objects.deployments, "todo-backend");
    // Between the last look and the change the object gets a new version each time.
    const read = running.operations.means.cluster.read.bind(running.operations.means.cluster);
    vi.spyOn(running.operations.means.cluster, "read").mockImplementation(async (ref) => {
      const object = await read(ref);
      deployment.metadata.resourceVersion = String(Number(deployment.metadata.resourceVersion) + 1);
      return object;
    });
    const result = await call(client, "apply_remediation", { planId });
    expect(result).toMatchObject({ state: "refused", outcome: expect.stringContaining("was not changed") as string });
    expect(written(api)).toBe(0);
  });

  it("is worth nothing in another cluster, and neither is any question", async () => {
    const client = await running.client(agrees);
    const planId = await planFor(client);
    api.uid = "uid-of-another-namespace";
    expect(await call(client, "apply_remediation", { planId })).toMatchObject({ state: "refused" });
    expect((await call(client, "get_health")).text).toMatch(/is another one/);
    expect(written(api)).toBe(0);
  });

  it("is worth nothing when it cannot be written down", async () => {
    const client = await running.client(agrees);
    const planId = await planFor(client);
    rmSync(api.folder, { recursive: true });
    expect((await call(client, "apply_remediation", { planId })).isError).toBe(true);
    expect(written(api)).toBe(0);
    // For `stop`.
    mkdirSync(api.folder);
  });
});

describe("what was done", () => {
  it("is undone when it did not help, at most three times", async () => {
    const running = await run({ patience: 200 });
    breakService(running.api);
    const client = await running.client(agrees);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const result = await call(client, "apply_remediation", { planId: await planFor(client, misrouted) });
      expect(result, `attempt ${attempt}`).toMatchObject({ state: "undone" });
      const [port] = named(running.api.objects.services, "todo-backend").spec.ports as [Json];
      expect(port.targetPort, "what was there before").toBe(8001);
    }
    const refused = await call(client, "plan_remediation", { finding: misrouted });
    expect(refused.text).toMatch(/3 attempts .* did not hold/);
    expect(written(running.api), "each attempt, and its undoing").toBe(6);
    await running.stop();
  });

  it("is not tried again at once", async () => {
    const running = await run({ coolDown: 600_000, patience: 200 });
    breakService(running.api);
    const client = await running.client(agrees);
    await call(client, "apply_remediation", { planId: await planFor(client, misrouted) });
    expect((await call(client, "plan_remediation", { finding: misrouted })).text).toMatch(/just now/);
    await running.stop();
  });

  it("does not count as fixed while containers are being restarted", async () => {
    const running = await run({ patience: 1_000 });
    breakBackend(running.api);
    const heal = running.api.onChange;
    let restarts = 0;
    running.api.onChange = (object) => {
      heal(object);
      const status = running.api.objects.pods?.find(({ metadata }) => isBackend(metadata as Json))?.status as Json;
      // One more whenever somebody looks.
      const counter = { get: () => (restarts += 1), enumerable: true };
      Object.defineProperty(status.containerStatuses[0], "restartCount", counter);
    };
    const client = await running.client(agrees);
    expect(await call(client, "apply_remediation", { planId: await planFor(client) })).toMatchObject({
      state: "kept",
    });
    expect(named(running.api.objects.deployments, "todo-backend").spec.replicas, "no pods help nobody").toBe(1);
    await running.stop();
  });

  it.each([
    ["services", "Service", "service-misrouted", (spec: Json) => (spec.ports[0].targetPort = 8001)],
    ["services", "Service", "service-misrouted", (spec: Json) => (spec.selector.stranger = "x")],
    ["networkpolicies", "NetworkPolicy", "network-policy", (spec: Json) => (spec.ingress = [])],
    ["networkpolicies", "NetworkPolicy", "network-policy", (spec: Json) => (spec.ingress[0].from = [])],
  ])(
    "is, for an edited object of %s, exactly what was released, and undone exactly what was there",
    async (plural, kind, finding, change) => {
      const running = await run();
      const object = named(running.api.objects[plural], "todo-backend");
      change(object.spec as Json);
      const edited = structuredClone(object.spec);
      const client = await running.client(agrees);
      const repair = async () => {
        const { planId, text } = await call(client, "plan_remediation", { finding: `${finding}:${kind}/todo-backend` });
        expect(planId, text).toBeTypeOf("string");
        return await call(client, "apply_remediation", { planId: planId as string });
      };
      // A workload that is not ready any more keeps it from counting as fixed.
      running.operations.means.limits = { ...running.operations.means.limits, patience: 200 };
      const frontend = named(running.api.objects.deployments, "todo-frontend");
      running.api.onChange = () => (frontend.status.readyReplicas = 0);
      expect(await repair()).toMatchObject({ state: "undone" });
      expect(object.spec).toEqual(edited);
      running.api.onChange = () => undefined;
      frontend.status.readyReplicas = 1;
      running.operations.means.limits = { ...running.operations.means.limits, patience: 60_000 };
      expect(await repair()).toMatchObject({ state: "fixed" });
      const wanted = released().objects.find((each) => each.kind === kind && each.metadata.name === "todo-backend");
      expect(object.spec).toEqual(wanted?.spec);
      await running.stop();
    },
  );

  it("is, for a bad release, the revision that still serves, which is not taken for drift then", async () => {
    const running = await run();
    const deployment = named(running.api.objects.deployments, "todo-backend");
    const fault = faults.find(({ action }) => action === "roll-back");
    fault?.inject(running.api.objects);
    const bad = deployment.spec.template.spec.containers[0];
    bad.image = "todo-backend:bad";
    const release = released();
    const template = release.objects[0]?.spec as Json;
    template.template.spec.containers[0].image = "todo-backend:bad";
    running.operations.means.readReleased = () => release;
    running.api.onChange = () => {
      running.api.objects.pods =
        running.api.objects.pods?.filter(({ metadata }) => metadata.uid !== "pod-backend-new") ?? [];
      Object.assign(deployment.status, { replicas: 1, readyReplicas: 1, updatedReplicas: 1 });
    };
    const client = await running.client(agrees);
    const { planId, text } = await call(client, "plan_remediation", {
      finding: "image-missing:Deployment/todo-backend",
    });
    expect(planId, text).toBeTypeOf("string");
    const result = await call(client, "apply_remediation", { planId: planId as string });
    expect(result, result.text).toMatchObject({ state: "fixed", action: "roll-back" });
    expect(deployment.spec.template.spec.containers[0].image).toBe("todo-backend:a1b2c3");
    expect(deployment.spec.template.metadata.labels).not.toHaveProperty("pod-template-hash");
    expect(await call(client, "diagnose")).toMatchObject({ findings: [] });
    // The next release is another matter.
    template.template.spec.containers[0].image = "todo-backend:next";
    expect((await call(client, "diagnose")).findings).toMatchObject([{ id: "drift:Deployment/todo-backend" }]);
    await running.stop();
  });

  it("is, for an object that was deleted, what was released", async () => {
    const running = await run();
    running.api.objects.networkpolicies = [];
    const client = await running.client(agrees);
    const { planId } = await call(client, "plan_remediation", { finding: "network-policy:NetworkPolicy/todo-backend" });
    expect(await call(client, "apply_remediation", { planId: planId as string })).toMatchObject({ state: "fixed" });
    const wanted = released().objects.find((each) => each.kind === "NetworkPolicy");
    expect(named(running.api.objects.networkpolicies, "todo-backend").spec).toEqual(wanted?.spec);
    await running.stop();
  });
});

describe("the HTTP server", () => {
  let running: Running;

  beforeEach(async () => (running = await run()));
  afterEach(async () => await running.stop());

  const post = (headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const asked = request(running.url, { method: "POST", headers: { ...authorized, ...headers } }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.on("error", reject);
      asked.end(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} }));
    });
  const authorized = {
    Authorization: `Bearer ${token}`,
    "Content-Type": "application/json",
    Accept: "application/json, text/event-stream",
  };

  it("answers whoever knows the token, from this machine alone", async () => {
    expect(await post({})).toBe(200);
    expect(await post({ Origin: "http://localhost:3000" })).toBe(200);
    expect(running.url.hostname).toBe("127.0.0.1");
  });

  it.each([
    ["a foreign Origin", { Origin: "https://evil.example" }, 403],
    ["an Origin that is none", { Origin: "null" }, 403],
    ["a foreign Host", { Host: "evil.example" }, 403],
    ["another token", { Authorization: "Bearer wrong" }, 401],
    ["no token", { Authorization: "" }, 401],
  ])("refuses %s", async (_what, headers, status) => {
    const before = running.api.asked.length;
    expect(await post(headers)).toBe(status);
    expect(running.api.asked.length).toBe(before);
  });

  it("lets a flood of calls go no further than its limit", async () => {
    const client = await running.client();
    await call(client, "get_health");
    const asked = running.api.asked.length;
    const perCall = asked;
    const results = [];
    for (let round = 0; round < 15; round += 1) {
      results.push(...(await Promise.all(Array.from({ length: 20 }, () => call(client, "get_health")))));
    }
    const refused = results.filter(({ text }) => /More than \d+ calls/.test(text));
    expect(refused).toHaveLength(300 - callsPerMinute.read + 1);
    expect(running.api.asked.length).toBeLessThanOrEqual(perCall * callsPerMinute.read);
  });
});
