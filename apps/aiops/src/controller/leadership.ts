import { CoordinationV1Api, V1MicroTime } from "@kubernetes/client-node";
import type { KubeConfig, V1Lease } from "@kubernetes/client-node";

/** In milliseconds. */
export interface Term {
  /** How long the others wait after they last saw the leader renew its Lease. */
  lease: number;
  /** How long the leader counts as one after it last renewed it: shorter, so that two never do. */
  holds: number;
  /** Between two looks at the Lease. */
  pause: number;
}

export const defaultTerm: Term = { lease: 15_000, holds: 10_000, pause: 3_000 };

/**
 * Which of several controllers acts: the one that holds a Lease, as leaders in Kubernetes do. Nobody's clock is
 * compared with that of another: each counts for itself how long the Lease has not changed, by a clock nobody sets.
 */
export class Leadership {
  readonly #api: CoordinationV1Api;
  readonly #where: { name: string; namespace: string };
  readonly #identity: string;
  readonly #term: Term;
  #holdsUntil = 0;
  #seen = { version: "", at: 0 };
  #turning: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param where the Lease, which is there. @param identity of this controller: no other has it. */
  constructor(config: KubeConfig, where: { name: string; namespace: string }, identity: string, term = defaultTerm) {
    this.#api = config.makeApiClient(CoordinationV1Api);
    this.#where = where;
    this.#identity = identity;
    this.#term = term;
  }

  /** Whether this controller may act now. */
  get isLeader(): boolean {
    return performance.now() < this.#holdsUntil;
  }

  start(): void {
    this.#turning = this.#turn().finally(() => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.start(), this.#term.pause);
    });
  }

  /** Gives the Lease back, so that another need not wait for its end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#holdsUntil = 0;
    // A turn that is under way may still take the Lease.
    await this.#turning;
    const lease = await this.#api.readNamespacedLease(this.#where).catch(() => undefined);
    if (lease?.spec?.holderIdentity !== this.#identity) return;
    await this.#write(lease, "").catch(() => undefined);
  }

  async #turn(): Promise<void> {
    const asked = performance.now();
    try {
      const lease = await this.#api.readNamespacedLease(this.#where);
      if (!this.#isFree(lease)) return;
      // Refused if somebody else has written in between.
      await this.#write(lease, this.#identity);
      if (!this.#stopped) this.#holdsUntil = asked + this.#term.holds;
    } catch {
      // Nobody is asked who leads: what was held ends by itself.
    }
  }

  #isFree({ metadata, spec }: V1Lease): boolean {
    const version = metadata?.resourceVersion ?? "";
    if (version !== this.#seen.version) this.#seen = { version, at: performance.now() };
    const holder = spec?.holderIdentity ?? "";
    if (holder === this.#identity) return true;
    this.#holdsUntil = 0;
    return holder === "" || performance.now() - this.#seen.at > this.#term.lease;
  }

  async #write(lease: V1Lease, holder: string): Promise<void> {
    const isNew = lease.spec?.holderIdentity !== holder;
    const now = new V1MicroTime();
    const body: V1Lease = {
      ...lease,
      spec: {
        ...lease.spec,
        holderIdentity: holder,
        leaseDurationSeconds: Math.ceil(this.#term.lease / 1000),
        renewTime: now,
        ...(isNew ? { acquireTime: now, leaseTransitions: (lease.spec?.leaseTransitions ?? 0) + 1 } : {}),
      },
    };
    await this.#api.replaceNamespacedLease({ ...this.#where, body });
  }
}
