import * as z from "zod";
import type { Alert } from "../diagnosis/snapshot.ts";
import { knownAlerts } from "./known-alerts.ts";

const labels = z.looseObject({ alertname: z.string(), job: z.string().optional() });
const fromPrometheus = z.object({ data: z.object({ alerts: z.array(z.object({ labels, state: z.string() })) }) });
const fromAlertmanager = z.object({ alerts: z.array(z.object({ labels, status: z.string() })).max(500) });

/** How long an alert that was sent counts, in milliseconds: Alertmanager sends it again before. */
const lifetime = 6 * 3_600_000;
const pause = 15_000;
const patience = 5_000;

/** The alerts that are firing: those that Prometheus names when it is asked, and those that an Alertmanager sends. */
export class Alerts {
  readonly #prometheus: string;
  #named: Alert[] = [];
  /** Until when what was sent counts, by name and component. */
  readonly #sent = new Map<string, { alert: Alert; until: number }>();
  #timer: NodeJS.Timeout | undefined;

  /** @param prometheus its URL; empty where there is none. */
  constructor(prometheus: string) {
    this.#prometheus = prometheus;
  }

  start(): void {
    if (this.#prometheus === "") return;
    void this.ask();
    this.#timer = setInterval(() => void this.ask(), pause);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  firing(): Alert[] {
    const sent = [...this.#sent.values()].filter(({ until }) => until > Date.now()).map(({ alert }) => alert);
    return [...new Map([...this.#named, ...sent].map((alert) => [keyOf(alert), alert])).values()];
  }

  /** Asks Prometheus once. A Prometheus that does not answer names no alert. */
  async ask(): Promise<void> {
    try {
      const response = await fetch(new URL("/api/v1/alerts", this.#prometheus), {
        signal: AbortSignal.timeout(patience),
      });
      const { data } = fromPrometheus.parse(await response.json());
      this.#named = data.alerts.filter(({ state }) => state === "firing").flatMap(({ labels }) => alertOf(labels));
    } catch {
      this.#named = [];
    }
  }

  /** Takes what an Alertmanager sends. @throws ZodError when it is nothing of that kind. */
  take(body: unknown): void {
    for (const { labels, status } of fromAlertmanager.parse(body).alerts) {
      for (const alert of alertOf(labels)) {
        if (status === "firing") this.#sent.set(keyOf(alert), { alert, until: Date.now() + lifetime });
        else this.#sent.delete(keyOf(alert));
      }
    }
  }
}

const keyOf = ({ name, component }: Alert): string => `${name} ${component}`;

const alertOf = ({ alertname, job }: z.infer<typeof labels>): Alert[] => {
  const known = Object.hasOwn(knownAlerts, alertname) ? knownAlerts[alertname] : undefined;
  if (known === undefined || known === "nobody") return [];
  const component = known === "labelled" ? workloadOf(job) : known;
  return component === undefined ? [] : [{ name: alertname, component }];
};

/** The workload that a job of Prometheus asks; the controller itself is none of the application's. */
const workloadOf = (job: string | undefined): "frontend" | "backend" | undefined => {
  if (job === "todo-operations") return undefined;
  return job === "todo-frontend" ? "frontend" : "backend";
};
