import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import type { Incident } from "../../src/incidents/incident.ts";
import type { Policy, Settings } from "../../src/controller/settings.ts";
import { start } from "../../src/controller/start-controller.ts";
import type { Pace, Started } from "../../src/controller/start-controller.ts";
import { FakeApi } from "./fake-api.ts";
import { named, released } from "./stack.ts";
import type { Json } from "./stack.ts";

export const policy: Policy = {
  remedies: { restart: "act", scale: "act", "roll-back": "act", "re-apply": "act", replace: "act" },
  perFinding: 3,
  perHour: 6,
  perDay: 20,
  coolDownSeconds: 0,
  afterReleaseSeconds: 0,
  quietHours: null,
};

/** In a hurry, since the fake cluster needs no time. */
const pace: Pace = {
  // Long, since a busy machine may take seconds for a turn; nobody waits for the end of a term here.
  term: { lease: 120_000, holds: 100_000, pause: 50 },
  limits: { patience: 60_000, steady: 40, pause: 10 },
  patience: { found: 30, gone: 50, rest: 50, refused: 60_000 },
  rhythm: { pause: 20 },
  look: 20,
  gather: 5,
};

/** A site that answers as tests say, in place of the frontend and of Prometheus. */
export class FakeSite {
  /** By path. */
  status: Record<string, number> = { "/signin": 200, "/api/health": 200, "/api/backend/todos": 401 };
  headers: Record<string, string> = {};
  /** Milliseconds. */
  delay = 0;
  alerts: Json[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeSite> {
    const server = createServer((request, response) => {
      const path = request.url ?? "";
      setTimeout(() => {
        if (path === "/api/v1/alerts") response.end(JSON.stringify({ data: { alerts: site.alerts } }));
        else response.writeHead(site.status[path] ?? 404, site.headers).end();
      }, site.delay);
    });
    const site = new FakeSite(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return site;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** One namespace with controllers in front of it. */
export interface Controlled {
  api: FakeApi;
  site: FakeSite;
  /** A person agrees to what has this code. */
  agree(code: string): void;
  /** Starts one more controller. */
  controller(
    mode?: Settings["mode"],
    more?: Partial<Policy>,
    faster?: Pace,
    others?: Partial<Pick<Settings, "webhook" | "assistants" | "signIn">>,
  ): Promise<Started>;
  /** The incidents as they are written down, oldest first. */
  written(): Incident[];
  /** The changes that were not only tried. */
  changes(): Json[];
  /** The reasons of the Events that were made. */
  told(): string[];
  stop(): Promise<void>;
}

/** Counts a change as the API does: a watch knows by it that the object is another. */
export const count = ({ metadata }: Json): void => {
  const { resourceVersion } = metadata as { resourceVersion: string };
  (metadata as Json).resourceVersion = String(Number(resourceVersion) + 1);
};

export const releasedName = "todo-released-1";

export const control = async (): Promise<Controlled> => {
  const api = await FakeApi.start();
  const site = await FakeSite.start();
  const started: Started[] = [];
  const kept = (kind: string, name: string, more: Json = {}): Json => ({
    kind,
    metadata: { name, namespace: "todo", uid: `uid-${name}`, resourceVersion: "1", ...more },
  });
  api.objects.leases = [kept("Lease", "todo-operations")];
  const labels = { "todo-stack/released": "true" };
  api.objects.configmaps?.push(
    kept("ConfigMap", "todo-operations-incidents"),
    kept("ConfigMap", "todo-operations-approvals"),
    kept("ConfigMap", releasedName, { labels, creationTimestamp: "2026-01-01T00:00:00Z" }),
  );
  // They run, as their status says: nothing is late by the clock of this machine.
  for (const pod of api.objects.pods ?? []) pod.status.podIP = "127.0.0.1";
  const incidents = (): Incident[] => {
    const { data } = named(api.objects.configmaps, "todo-operations-incidents") as { data?: Record<string, string> };
    const text = data?.["incidents.json"];
    return text === undefined ? [] : (JSON.parse(text) as { incidents: Incident[] }).incidents;
  };
  return {
    api,
    site,
    controller: async (
      mode = "act",
      more = {},
      faster = {},
      { webhook = null, assistants = null, signIn = null } = {},
    ) => {
      const config = new KubeConfig();
      config.loadFromFile(api.kubeconfig);
      config.setCurrentContext("todo");
      const settings: Settings = {
        mode,
        namespace: "todo",
        lease: "todo-operations",
        incidents: "todo-operations-incidents",
        approvals: "todo-operations-approvals",
        released: releasedName,
        frontend: site.url,
        prometheus: "",
        lateMilliseconds: 2_000,
        policy: { ...policy, ...more },
        webhook,
        assistants,
        signIn,
      };
      const one = await start(config, settings, released(), {
        port: 0,
        assistantsPort: 0,
        pace: { ...pace, ...faster },
      });
      started.push(one);
      return one;
    },
    agree: (code) => {
      const approvals = named(api.objects.configmaps, "todo-operations-approvals");
      approvals.data = { [code]: "2026-01-01T00:00:00Z" };
      count(approvals);
      api.onChange(approvals);
    },
    written: incidents,
    changes: () => api.changes.filter(({ dryRun }) => !dryRun).map(({ object }) => object),
    told: () => api.told.map(({ reason }) => String(reason)),
    stop: async () => {
      await Promise.all(started.map((one) => one.stop()));
      api.stop();
      site.stop();
    },
  };
};
