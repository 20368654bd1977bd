import { CoreV1Api } from "@kubernetes/client-node";
import type { KubeConfig, V1ConfigMap } from "@kubernetes/client-node";
import type { AuditEntry, Records } from "../audit.ts";
import { OperationError } from "../operation-error.ts";
import { reasonOf } from "../kubernetes/refusal.ts";
import { cleanAll } from "../text.ts";
import { isOver, note, recordable } from "../incidents/incident.ts";
import type { Incident } from "../incidents/incident.ts";
import { keptIn } from "../incidents/read-incidents.ts";
import type { Attempt } from "./deciding/policy.ts";
import { reportOf } from "./telling/report.ts";

/** Incidents that are kept, and how many of them have a report. A ConfigMap holds a megabyte. */
const most = 30;
const reports = 10;
const day = 24 * 3_600_000;

/** The incidents of a namespace, kept in a ConfigMap: whoever leads next goes on with them. */
export class Incidents implements Records {
  readonly #api: CoreV1Api;
  readonly #where: { name: string; namespace: string };
  readonly #log: (entry: AuditEntry) => void;
  #kept: V1ConfigMap = {};
  #incidents: Incident[] = [];
  #attempts: Attempt[] = [];
  #saving: Promise<void> = Promise.resolve();

  /** @param where the ConfigMap, which is there. @param log also hears of everything that is done. */
  constructor(config: KubeConfig, where: { name: string; namespace: string }, log: (entry: AuditEntry) => void) {
    this.#api = config.makeApiClient(CoreV1Api);
    this.#where = where;
    this.#log = log;
  }

  /** Reads what was kept. @throws when it cannot be read. */
  async load(): Promise<void> {
    this.#kept = await this.#api.readNamespacedConfigMap(this.#where);
    const { incidents, attempts } = keptIn(this.#kept.data?.["incidents.json"]);
    this.#incidents = incidents;
    this.#attempts = attempts;
  }

  all(): Incident[] {
    return this.#incidents;
  }

  open(): Incident[] {
    return this.#incidents.filter((incident) => !isOver(incident));
  }

  /** What was changed within a day. */
  attempts(): Attempt[] {
    return this.#attempts.filter(({ at }) => Date.now() - at < day);
  }

  appliedFor(finding: string): number[] {
    return this.#attempts.filter((attempt) => attempt.finding === finding).map(({ at }) => at);
  }

  add(incident: Incident): void {
    this.#incidents = [...this.#incidents, incident].slice(-most);
  }

  /** @throws OperationError when it cannot be written down, or somebody else has written. */
  async write(entry: AuditEntry): Promise<void> {
    this.#log(entry);
    const incident = this.open().find(({ finding, state }) => finding === entry.finding && state === "acting");
    if (incident === undefined) return;
    note(incident, told(entry));
    if (entry.event === "applied") {
      this.#attempts = [...this.attempts(), { finding: incident.finding, at: Date.now() }];
      if (incident.work !== undefined) incident.work.applied = true;
    }
    await this.save();
  }

  /** @throws OperationError as for {@link write}. */
  async save(): Promise<void> {
    const saved = this.#saving.catch(() => undefined).then(() => this.#replace());
    this.#saving = saved;
    await saved;
  }

  async #replace(): Promise<void> {
    const incidents = this.#incidents.map(({ work, ...incident }) => ({
      ...(cleanAll(incident) as Omit<Incident, "work">),
      ...(work === undefined ? {} : { work: { ...work, plan: recordable(work.plan) } }),
    }));
    const kept = { incidents, attempts: this.attempts() };
    const told = incidents.slice(-reports).map((incident) => [`${incident.id}.md`, reportOf(incident)]);
    const data = { "incidents.json": JSON.stringify(kept), ...(Object.fromEntries(told) as Record<string, string>) };
    try {
      // With the version that was read: refused if somebody else has written.
      this.#kept = await this.#api.replaceNamespacedConfigMap({ ...this.#where, body: { ...this.#kept, data } });
    } catch (error) {
      throw new OperationError(`The incident was not written down: ${reasonOf(error)}.`, undefined, error);
    }
  }
}

const told = ({ event, action, object, why }: AuditEntry): string =>
  [event, action, object, why].filter((part) => typeof part === "string").join(" ");
