import { isIPv6 } from "node:net";
import type { V1Pod } from "@kubernetes/client-node";
import { databaseIn, isRunningBackend } from "../kubernetes/cluster-reads.ts";
import { nameOf } from "../diagnosis/snapshot.ts";
import type { Answer, Readiness } from "../diagnosis/snapshot.ts";
import { SteadyReadiness } from "./steady-readiness.ts";

/** What is asked for, as a browser without a session would, and what must come of it. */
const wanted = [
  { request: "page", component: "frontend", path: "/signin", status: 200 },
  { request: "health", component: "frontend", path: "/api/health", status: 200 },
  { request: "api", component: "backend", path: "/api/backend/todos", status: 401 },
] as const;

const portOfBackend = 8000;

/** Good answers in a row after which late ones are over. */
const enough = 3;

/** How the requests are made, times in milliseconds. */
export interface Rhythm {
  pause: number;
  /** After that there is no answer. */
  patience: number;
  /** After that a right answer is late. */
  late: number;
}

/**
 * Asks the application what a browser would, again and again, and each backend for its database: probes can be green
 * while the answers are wrong.
 */
export class Requests {
  readonly #frontend: string;
  readonly #pods: () => V1Pod[];
  readonly #rhythm: Rhythm;
  readonly #answers = new Map<string, Answer & { good: number; slowSince: number | undefined }>();
  readonly #steady: SteadyReadiness;
  #readiness: Readiness[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param frontend its URL. @param pods those that there are now. @param now a clock that is never set back. */
  constructor(frontend: string, pods: () => V1Pod[], rhythm: Rhythm, now = () => performance.now()) {
    this.#frontend = frontend;
    this.#pods = pods;
    this.#rhythm = rhythm;
    this.#steady = new SteadyReadiness(now);
  }

  start(): void {
    void this.#turn().finally(() => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.start(), this.#rhythm.pause);
    });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  answers(): Answer[] {
    return [...this.#answers.values()].map(({ good: _good, slowSince: _slowSince, ...answer }) => answer);
  }

  readiness(): Readiness[] {
    return this.#readiness;
  }

  /** Asks each backend for its database at once: what is known may be some seconds old. */
  async askReadiness(): Promise<void> {
    const backends = this.#pods().filter(isRunningBackend);
    this.#readiness = this.#steady.take(await Promise.all(backends.map((pod) => this.#readinessOf(pod))));
  }

  async #turn(): Promise<void> {
    await Promise.all([this.askReadiness(), ...wanted.map((each) => this.#ask(each))]);
  }

  async #ask({ request, component, path, status: right }: (typeof wanted)[number]): Promise<void> {
    const began = Date.now();
    const { status, isBusy } = await this.#get(new URL(path, this.#frontend)).catch(() => ({
      status: 0,
      isBusy: false,
    }));
    const now = Date.now();
    const milliseconds = now - began;
    const before = this.#answers.get(request);
    const isRight = status === right;
    // No answer at all after so long is late too: the two may take turns.
    const isLate = isBusy || ((isRight || status === 0) && milliseconds > this.#rhythm.late);
    const good = isRight && !isLate ? (before?.good ?? 0) + 1 : 0;
    const slow = isLate ? (before?.slow ?? 0) + 1 : 0;
    // A good answer among late ones does not end them.
    const slowSince = good >= enough ? undefined : (before?.slowSince ?? (isLate ? began : undefined));
    this.#answers.set(request, {
      request,
      component,
      wrong: isRight || isBusy ? 0 : (before?.wrong ?? 0) + 1,
      slow,
      slowSeconds: slowSince === undefined ? 0 : (now - slowSince) / 1000,
      slowSince,
      good,
      status,
      milliseconds,
    });
  }

  async #readinessOf(pod: V1Pod): Promise<Readiness> {
    const address = pod.status?.podIP;
    // One that has no address yet is not asked.
    if (address === undefined) return { pod: nameOf(pod), database: "unknown" };
    const host = isIPv6(address) ? `[${address}]` : address;
    const body = await this.#get(new URL(`http://${host}:${portOfBackend}/health/ready`)).then(
      ({ text }) => text,
      () => undefined,
    );
    return { pod: nameOf(pod), database: databaseIn(body) };
  }

  async #get(url: URL): Promise<{ status: number; text: string; isBusy: boolean }> {
    const signal = AbortSignal.timeout(this.#rhythm.patience);
    const response = await fetch(url, { redirect: "manual", signal, headers: { "User-Agent": "todo-operations" } });
    // The whole answer: one that breaks off in its middle is none.
    const { status } = response;
    // It works, and asks to be let alone for a while.
    return { status, text: await response.text(), isBusy: status === 503 && response.headers.has("Retry-After") };
  }
}
