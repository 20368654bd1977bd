import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { incidentOf } from "../src/incidents/incident.ts";
import type { Incident } from "../src/incidents/incident.ts";
import type { News, Tell } from "../src/controller/telling/tell.ts";
import { tellByWebhook } from "../src/controller/telling/webhook.ts";
import type { WebhookSettings } from "../src/controller/telling/webhook.ts";
import { control, count } from "./support/controlling.ts";
import { named } from "./support/stack.ts";

const pace = { minTimeout: 1, maxTimeout: 2 };
const secretPath = "/services/T0/B0/n0t-t0-be-t0ld";

const incident = (): Incident =>
  incidentOf(
    {
      id: "scaled-to-zero:Deployment/todo-backend",
      kind: "scaled-to-zero",
      object: { kind: "Deployment", name: "todo-backend" },
      confidence: "certain",
      summary: "Nothing runs.",
      facts: {},
    },
    0,
  );

describe("the webhook of the controller", () => {
  let folder: string;
  let server: Server;
  let urlFile: string;
  const bodies: Record<string, unknown>[] = [];
  const asked: string[] = [];
  /** Statuses of the next answers; 200 once there are no more. */
  let statuses: number[] = [];
  const events: News[] = [];
  const byEvent: Tell = (news) => {
    events.push(news);
    return Promise.resolve();
  };
  let logged: () => string;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push(request.url ?? "");
    const body = JSON.parse(await text(request)) as Record<string, unknown>;
    const status = statuses.shift() ?? 200;
    if (status === 200) bodies.push(body);
    response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end("ok");
  };
  const webhook = (format: WebhookSettings["format"]): Tell =>
    tellByWebhook(byEvent, { format, urlFile }, "todo", pace);
  const until = async (assertion: () => void): Promise<void> => {
    await vi.waitFor(assertion, { timeout: 20_000, interval: 10 });
  };

  beforeEach(async () => {
    for (const list of [bodies, asked, events]) list.length = 0;
    statuses = [];
    server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    folder = mkdtempSync(join(tmpdir(), "webhook-"));
    urlFile = join(folder, "WEBHOOK_URL");
    writeFileSync(urlFile, `http://127.0.0.1:${(server.address() as AddressInfo).port}${secretPath}\n`);
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    logged = () => write.mock.calls.map(([chunk]) => String(chunk)).join("");
  });

  afterEach(() => {
    vi.restoreAllMocks();
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  it("says to Slack what is worth a message, in order, besides the Events", async () => {
    const tell = webhook("slack");
    for (const news of ["Found", "Acting", "Undone", "NeedsPerson"] as const) await tell(news, incident(), "Backend.");
    await until(() => expect(bodies).toHaveLength(3));
    expect(bodies).toEqual(
      ["Found", "Undone, since it did not help", "Needs a person"].map((word) => ({
        text: `[todo] ${word}: Backend.`,
        mrkdwn: false,
      })),
    );
    expect(events).toEqual(["Found", "Acting", "Undone", "NeedsPerson"]);
    expect(new Set(asked)).toEqual(new Set([secretPath]));
  });

  it("does not say of what stays as it is that it was undone", async () => {
    await webhook("slack")("Kept", incident(), "There is nothing to put back.");
    await until(() => expect(bodies).toHaveLength(1));
    expect(bodies[0]?.text).toBe("[todo] Did not help, and was not undone: There is nothing to put back.");
  });

  it("lets no text of a program call everybody, make a link, or tell a secret", async () => {
    await webhook("slack")("Found", incident(), "<!channel> <https://a.example|b> & password=hush-hush");
    await until(() => expect(bodies).toHaveLength(1));
    expect(bodies[0]?.text).toBe(
      "[todo] Found: &lt;!channel&gt; &lt;https://a.example|b&gt; &amp; password=[redacted]",
    );
  });

  it("sends what an Alertmanager would: firing, and resolved once it is over, as the same alert", async () => {
    const tell = webhook("alertmanager");
    const one = incident();
    await tell("Found", one, "Nothing runs.");
    Object.assign(one, { state: "repaired", ended: "2026-01-01T00:00:00.000Z" });
    await tell("Repaired", one, "Scaled.");
    await until(() => expect(bodies).toHaveLength(2));
    const alerts = bodies.map((body) => (body.alerts as Record<string, unknown>[])[0]);
    expect(bodies.map(({ version, status }) => [version, status])).toEqual([
      ["4", "firing"],
      ["4", "resolved"],
    ]);
    expect(alerts.map((alert) => alert?.endsAt)).toEqual(["0001-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"]);
    expect(alerts[0]).toMatchObject({
      labels: {
        alertname: "TodoIncident",
        namespace: "todo",
        kind: "scaled-to-zero",
        object: "Deployment/todo-backend",
        severity: "warning",
      },
      annotations: { summary: "Found: Nothing runs." },
      startsAt: "1970-01-01T00:00:00.000Z",
    });
    expect(alerts[0]?.fingerprint).toBe(alerts[1]?.fingerprint);
  });

  it("tries again while the service is away, and sends each message once", async () => {
    statuses = [503, 429, 500];
    await webhook("slack")("Found", incident(), "Backend.");
    await until(() => expect(bodies).toHaveLength(1));
    expect(asked).toHaveLength(4);
  });

  it.each([
    ["refused", 404, 1],
    ["away for long", 503, 6],
    ["sends the message elsewhere", 302, 1],
  ])("gives a message up if the service is %s, says so without the URL, and goes on", async (_what, status, tries) => {
    statuses = Array.from({ length: tries }, () => status);
    const tell = webhook("slack");
    await tell("Found", incident(), "One.");
    await tell("Gone", incident(), "Two.");
    await until(() => expect(bodies).toEqual([{ text: "[todo] Over by itself: Two.", mrkdwn: false }]));
    expect(asked).toHaveLength(tries + 1);
    expect(new Set(asked)).toEqual(new Set([secretPath]));
    expect(logged()).toContain(`"event":"untold"`);
    expect(logged()).toContain(`the webhook answered ${status}`);
    expect(logged()).not.toContain("n0t-t0-be-t0ld");
  });

  it("keeps nobody waiting, and no more than fifty messages", async () => {
    server.removeAllListeners("request");
    const tell = webhook("slack");
    for (let number = 0; number < 51; number += 1) await tell("Found", incident(), "Backend.");
    expect(events).toHaveLength(51);
    expect(logged().match(/50 messages to the webhook wait already/g)).toHaveLength(1);
  });

  it.each(["", "hooks.example.com/n0t-t0-be-t0ld", "file:///n0t-t0-be-t0ld"])(
    "says that there is no URL, and does not repeat what is there (%s)",
    (content) => {
      writeFileSync(urlFile, content);
      expect(() => webhook("slack")).toThrow(/There is no URL in .*WEBHOOK_URL/);
      expect(() => webhook("slack")).not.toThrow(/n0t-t0-be-t0ld/);
    },
  );

  it("hears of an incident from its beginning to its end", async () => {
    const running = await control();
    try {
      const deployment = named(running.api.objects.deployments, "todo-backend");
      deployment.spec.replicas = 0;
      count(deployment);
      await running.controller("watch", {}, {}, { webhook: { format: "slack", urlFile } });
      await until(() => expect(bodies.length).toBeGreaterThan(1));
      expect(bodies.map((body) => String(body.text).replace(/:.*/s, ""))).toEqual([
        "[todo] Found",
        "[todo] Needs a person",
      ]);
    } finally {
      await running.stop();
    }
  });
});
