import { randomBytes } from "node:crypto";
import { createRequestStateCodec } from "@modelcontextprotocol/server";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { diagnose } from "./diagnosis/all-findings.ts";
import { OperationError } from "./operation-error.ts";
import type { Finding } from "./diagnosis/finding.ts";
import { Plans } from "./remedies/remedy-plan.ts";
import type { Plan } from "./remedies/remedy-plan.ts";
import { remediate } from "./remedies/remediation.ts";
import type { Means, Remediation } from "./remedies/remediation.ts";
import type { Snapshot } from "./diagnosis/snapshot.ts";
import { TypedApprovals } from "./typed-approvals.ts";

/** What a client carries from a question to its answer. Sealed: it can be read there, but not made or altered. */
export interface Approval {
  plan: string;
  hash: string;
}

/** Calls a minute, of all clients together. */
export const callsPerMinute = { read: 60, act: 10 };
/** How long a person may think, in seconds. */
const thinking = 300;

/** Everything that outlives a single call, whichever way it came. */
export class Operations {
  readonly means: Means;
  /** Folder of the chart, for its schema; undefined outside a checkout. */
  readonly chart: string | undefined;
  readonly plans = new Plans();
  readonly approvals;
  readonly typed: TypedApprovals;
  readonly #remediations = new Map<string, Remediation>();
  readonly #limiters = {
    read: new RateLimiterMemory({ points: callsPerMinute.read, duration: 60 }),
    act: new RateLimiterMemory({ points: callsPerMinute.act, duration: 60 }),
  };
  #isBusy = false;

  /** @param questions folder of what people are asked in a terminal. */
  constructor(means: Means, questions: string, chart?: string) {
    this.means = means;
    this.typed = new TypedApprovals(questions);
    this.chart = chart;
    // A key of this run alone: no approval outlives the server.
    this.approvals = createRequestStateCodec<Approval>({
      key: randomBytes(32),
      ttlSeconds: thinking,
      bind: ({ mcpReq }) => mcpReq.method,
    });
  }

  /** @throws OperationError when there were too many calls. */
  async limit(kind: "read" | "act"): Promise<void> {
    try {
      await this.#limiters[kind].consume("all");
    } catch {
      throw new OperationError(`More than ${callsPerMinute[kind]} calls in a minute.`, "Wait a minute.");
    }
  }

  async snapshot(): Promise<Snapshot> {
    await this.means.cluster.verify();
    return await this.means.cluster.snapshot(this.means.readReleased());
  }

  /** @throws OperationError when there is no such finding any more. */
  async find(id: string): Promise<{ finding: Finding; snapshot: Snapshot }> {
    const snapshot = await this.snapshot();
    const finding = diagnose(snapshot).find((each) => each.id === id);
    if (finding === undefined) throw new OperationError(`There is no finding ${id}.`, "diagnose");
    return { finding, snapshot };
  }

  /** Starts what a person has agreed to. @throws OperationError while something else is under way. */
  start(plan: Plan): { remediation: Remediation; ended: Promise<void> } {
    if (this.#isBusy) throw new OperationError("Another remediation is under way.", "get_remediation");
    this.#isBusy = true;
    const remediation: Remediation = {
      plan: plan.id,
      finding: plan.finding,
      action: plan.action.type,
      state: "applying",
      outcome: "Trying it out, then doing it.",
    };
    this.#remediations.set(plan.id, remediation);
    const ended = remediate(plan, this.means, (state, outcome) =>
      Object.assign(remediation, { state, outcome }),
    ).finally(() => (this.#isBusy = false));
    return { remediation, ended };
  }

  remediation(plan: string): Remediation | undefined {
    return this.#remediations.get(plan);
  }
}
