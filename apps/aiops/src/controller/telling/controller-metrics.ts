import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Incident } from "../../incidents/incident.ts";
import type { News, Tell } from "./tell.ts";

/** From a second, within which nothing is named, to an hour. */
const buckets = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];

const states = ["open", "acting", "told", "untreatable"] as const;

/** What a controller counts of its own work, for Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #news: Counter<"news" | "kind">;
  readonly #naming: Histogram;
  readonly #mending: Histogram;

  /** @param open the incidents that are open, if this controller leads. */
  constructor(open: () => Incident[]) {
    const registers = [this.#registry];
    this.#news = new Counter({
      name: "todo_operations_news_total",
      help: "What was told of incidents.",
      labelNames: ["news", "kind"],
      registers,
    });
    this.#naming = new Histogram({
      name: "todo_operations_naming_seconds",
      help: "Time from when something was first seen to be wrong until it was named.",
      buckets,
      registers,
    });
    this.#mending = new Histogram({
      name: "todo_operations_mending_seconds",
      help: "Time from when something was first seen to be wrong until it was repaired.",
      buckets,
      registers,
    });
    new Gauge({
      name: "todo_operations_open_incidents",
      help: "Incidents that are not over, as the controller that leads knows them.",
      labelNames: ["state"],
      registers,
      collect() {
        const incidents = open();
        for (const state of states) this.set({ state }, incidents.filter((each) => each.state === state).length);
      },
    });
  }

  /** Counts what is told. */
  counting(tell: Tell): Tell {
    return async (news, incident, message) => {
      this.#count(news, incident);
      await tell(news, incident, message);
    };
  }

  /** The text that Prometheus reads, and its type. */
  async read(): Promise<{ type: string; text: string }> {
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #count(news: News, { kind, opened }: Incident): void {
    this.#news.inc({ news, kind });
    const seconds = (Date.now() - Date.parse(opened)) / 1000;
    if (news === "Found") this.#naming.observe(seconds);
    if (news === "Repaired") this.#mending.observe(seconds);
  }
}
