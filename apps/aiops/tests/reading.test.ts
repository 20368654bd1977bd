import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { differences, fieldNames } from "../src/diagnosis/comparison.ts";
import { end, incidentOf, leaveToPerson } from "../src/incidents/incident.ts";
import type { Finding } from "../src/diagnosis/finding.ts";
import { readReleased } from "../src/diagnosis/released-objects.ts";
import { call } from "./support/client.ts";
import { run } from "./support/running.ts";
import type { Running } from "./support/running.ts";
import { named, released } from "./support/stack.ts";
import type { Json } from "./support/stack.ts";

describe("the tools that read", () => {
  let running: Running;
  beforeEach(async () => (running = await run()));
  afterEach(async () => await running.stop());

  it("show the stack of its own context alone, whichever context is current, and change nothing", async () => {
    const client = await running.client();
    const health = await call(client, "get_health");
    expect(health).toMatchObject({
      workloads: [
        { workload: "Deployment/todo-backend", wanted: 1, ready: 1, settled: true, restarts: 0 },
        { workload: "Deployment/todo-frontend" },
        { workload: "StatefulSet/todo-postgres" },
      ],
      services: [{ name: "todo-backend", readyEndpoints: 1 }, {}, {}],
      database: [{ backend: "todo-backend-aaaa", says: "ok" }],
    });
    for (const name of ["diagnose", "get_events", "get_incidents", "validate_config", "get_rollout_history"])
      await call(client, name);
    const changing = running.api.asked.filter((line) => !line.startsWith("GET "));
    // Only the token of the chart's account for operations, at the start.
    expect(changing).toEqual(["POST /api/v1/namespaces/todo/serviceaccounts/todo-aiops/token"]);
    expect(running.api.asked.filter((line) => line.includes("secrets"))).toEqual([]);
  });

  it("check values against the chart's schema, and objects against the release", async () => {
    const client = await running.client();
    expect(await call(client, "validate_config")).toMatchObject({ values: [], objects: [] });
    named(running.api.objects.configmaps, "todo-backend").data.LOG_LEVEL = "DEBUG";
    const values = { backend: { replicas: 0, nonsense: true } };
    const checked = await call(client, "validate_config", { values });
    expect((checked.values as Json[]).map(({ at, message }) => [at, message])).toEqual([
      ["/backend", "must NOT have additional properties"],
      ["/backend/replicas", "must be >= 1"],
    ]);
    expect(checked.objects).toEqual([{ object: "ConfigMap/todo-backend", missing: false, fields: ["data.LOG_LEVEL"] }]);
  });

  it("show what the controller in the cluster has found, newest first, and what it asks", async () => {
    const client = await running.client();
    expect(await call(client, "get_incidents")).toMatchObject({
      incidents: [],
      controller: expect.stringMatching(/^none/) as string,
    });
    const finding = (name: string): Finding => ({
      id: `scaled-to-zero:Deployment/${name}`,
      kind: "scaled-to-zero",
      object: { kind: "Deployment", name },
      confidence: "certain",
      summary: `${name} is scaled to zero.`,
      facts: {},
    });
    const over = incidentOf(finding("todo-backend"), 0);
    end(over, "repaired", "It is back. password=hush-hush");
    const open = incidentOf(finding("todo-frontend"), 1000);
    const question = { code: "K7QF-2M9X", what: "scale Deployment/todo-frontend", hash: "", at: open.opened };
    leaveToPerson(open, "May it scale?", question);
    const file = () => ({ "incidents.json": JSON.stringify({ incidents: [over, open], attempts: [] }) });
    const kept = {
      kind: "ConfigMap",
      metadata: { name: "todo-operations-incidents", namespace: "todo", uid: "uid-incidents" },
      data: file(),
    };
    running.api.objects.configmaps?.push(kept);
    const { incidents } = await call(client, "get_incidents");
    expect(incidents).toMatchObject([
      {
        object: "Deployment/todo-frontend",
        state: "told",
        next: expect.stringMatching(/approve K7QF-2M9X$/) as string,
      },
      { object: "Deployment/todo-backend", state: "repaired" },
    ]);
    expect(JSON.stringify(incidents)).not.toContain("hush-hush");
    open.question = { ...question, code: "K7QF-2M9X; rm -rf ~" };
    kept.data = file();
    expect(
      JSON.stringify(await call(client, "get_incidents")),
      "what is no code is not told to be typed",
    ).not.toContain("rm -rf");
    const some = await call(client, "get_incidents", { openOnly: true });
    expect((some.incidents as Json[]).map(({ state }) => state as unknown)).toEqual(["told"]);
  });

  it("show the revisions of each Deployment, newest first", async () => {
    const client = await running.client();
    const { deployments } = await call(client, "get_rollout_history");
    expect((deployments as Json[])[0]).toMatchObject({
      name: "todo-backend",
      revisions: [
        { revision: 2, ready: 1, images: ["todo-backend:a1b2c3"] },
        { revision: 1, ready: 0 },
      ],
    });
  });
});

describe("what was released", () => {
  const [deployment] = released().objects;
  if (deployment === undefined) throw new Error("nothing released");

  it("is read from Pulumi's state, without what was not known or is secret", async () => {
    const running = await run();
    const file = join(running.api.folder, "state.json");
    const secret = { ...deployment, metadata: { name: "other" }, data: "[secret]" };
    const trees = { "Deployment/todo-backend": deployment, "Deployment/other": secret };
    const texts = Object.fromEntries(Object.entries(trees).map(([name, object]) => [name, JSON.stringify(object)]));
    // A state from before holds trees.
    for (const objects of [texts, trees]) {
      const resources = [{ type: "x" }, { type: "minikube:index:Manifests", outputs: { values: {}, objects } }];
      writeFileSync(file, JSON.stringify({ checkpoint: { latest: { resources } } }));
      expect(readReleased(file)?.objects).toEqual([deployment]);
    }
    const objects = { "Deployment/todo-backend": "{half" };
    const resources = [{ type: "minikube:index:Manifests", outputs: { values: {}, objects } }];
    writeFileSync(file, JSON.stringify({ checkpoint: { latest: { resources } } }));
    expect(readReleased(file)).toBeUndefined();
    writeFileSync(file, "{half");
    expect(readReleased(file)).toBeUndefined();
    await running.stop();
  });

  it("is no different for what the server fills in, but for everything else", () => {
    const spec = deployment.spec as Json;
    const actual = { ...deployment, spec: { ...spec, progressDeadlineSeconds: 600 }, status: { replicas: 3 } };
    const fieldsOf = (object: object): string[] => fieldNames(differences(deployment, object));
    expect(fieldsOf(actual)).toEqual([]);
    expect(fieldsOf({ ...actual, spec: { ...spec, replicas: 2 } })).toEqual(["spec.replicas"]);
    const containers = [...(spec.template.spec.containers as Json[]), { name: "stranger" }];
    const template = { ...(spec.template as Json), spec: { containers } };
    expect(fieldsOf({ ...actual, spec: { ...spec, template } })).toContain("spec.template.spec.containers");
  });
});
