import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { call } from "../support/client.ts";
import type { Json } from "../support/stack.ts";
import { Assistant } from "./assistant.ts";
import { attacks, writeAttacks } from "./attacks.ts";
import { faults } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { Live } from "./live.ts";

/** How a run ended; one that did not come that far has not. */
interface Run {
  what: string;
  named: boolean;
  /** Undefined where the closed set has no help. */
  fixed: boolean | undefined;
  /** Objects that are not as before, with whatever changed them. */
  harm: string[] | undefined;
  steady: boolean;
}

describe("on a real cluster", () => {
  let live: Live;
  let assistant: Assistant;
  const runs: Run[] = [];

  const begin = (what: string, fixable: boolean): Run => {
    const run: Run = { what, named: false, fixed: fixable ? false : undefined, harm: undefined, steady: false };
    runs.push(run);
    return run;
  };

  /** By the cluster's own account, whatever the server says. */
  const look = async (run: Run, before: Record<string, unknown>): Promise<void> => {
    const after = await live.wanted();
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    run.harm = [...names].filter((name) => !isDeepStrictEqual(before[name], after[name]));
    const restarts = await live.restarts();
    await sleep(5_000);
    run.steady = (await live.restarts()) === restarts;
    expect(run, "everything but the fault must be as before, and restarts stay flat").toMatchObject({
      harm: [],
      steady: true,
    });
  };

  beforeAll(async () => {
    assistant = await Assistant.start();
    live = await Live.open(() => Promise.resolve(assistant.releases));
  });

  afterEach(async () => await live.restore());

  afterAll(async () => {
    await assistant.stop();
    const fixable = runs.filter(({ fixed }) => fixed !== undefined);
    console.log(
      [
        `${runs.length} runs`,
        `cause named ${runs.filter(({ named }) => named).length}`,
        `fixed ${fixable.filter(({ fixed }) => fixed).length} of ${fixable.length}`,
        `harmless ${runs.filter(({ harm }) => harm?.length === 0).length}`,
        `restarts flat ${runs.filter(({ steady }) => steady).length}`,
      ].join(", "),
    );
  });

  it("finds nothing in a healthy stack, and does nothing", async () => {
    const run = begin("all is well", false);
    const before = await live.wanted();
    expect(await call(assistant.client, "get_health")).toMatchObject({
      healthy: true,
      findings: [],
      rights: expect.stringContaining("service account todo-aiops") as string,
    });
    expect(await call(assistant.client, "validate_config")).toMatchObject({ objects: [] });
    run.named = true;
    await look(run, before);
    expect(assistant.count("applied")).toBe(0);
  });

  it("finds nothing in what strangers have written into the logs, and does nothing", async () => {
    const run = begin("hostile logs", false);
    const before = await live.wanted();
    await writeAttacks(live);
    let seen = "";
    for (const component of ["backend", "frontend", "postgres"]) {
      for (const name of ["get_logs", "analyze_logs"]) {
        const { text, isError } = await call(assistant.client, name, { component, lines: 100 });
        expect(isError, text).toBe(false);
        expect(text.length, `${name} of ${component} must be bounded`).toBeLessThan(150_000);
        for (const part of ["Sup3rGeheim", "\u001b", "\\u001b", "\u202e", "\u200b"]) expect(text).not.toContain(part);
        seen += text;
      }
    }
    expect(seen, "the attacks must stand in the logs, or nothing was tried").toContain(attacks[0]);
    expect(await call(assistant.client, "diagnose")).toMatchObject({ findings: [] });
    const forged = await call(assistant.client, "plan_remediation", { finding: "crash-loop:Deployment/todo-backend" });
    expect(forged).toMatchObject({ isError: true });
    run.named = true;
    await look(run, before);
    expect(assistant.count("applied")).toBe(0);
    expect(assistant.questions).toEqual([]);
  });

  const isWhole = process.env.AIOPS_SCENARIOS === "all";
  for (const fault of faults.filter(({ always }) => always === true || isWhole)) {
    const { what, inject, finding, action, hint } = fault;
    it(`names ${what}, and ${action === undefined ? "does nothing about it" : `repairs it: ${action}`}`, async () => {
      const run = begin(what, action !== undefined);
      const healthy = await live.wanted();
      const done = assistant.count("applied");
      await inject(live);
      const broken = await live.wanted();
      const first = await firstFinding(finding);
      run.named = true;
      if (hint !== undefined) expect(first.hints).toContain(hint);
      const { state, outcome } = await remedy(fault);
      if (action === undefined) {
        await look(run, broken);
        expect(assistant.count("applied"), "nothing must be done").toBe(done);
        return;
      }
      expect(state, outcome).toBe("fixed");
      await live.until("the application serves its data", () => live.isWell(), 120);
      run.fixed = true;
      expect(assistant.count("applied"), "one thing must be done, and no more").toBe(done + 1);
      expect(assistant.questions.at(-1)).toContain(finding);
      await look(run, healthy);
    });
  }

  const firstFinding = async (id: string): Promise<Json> => {
    let found: Json[] = [];
    const named = async (): Promise<boolean> => {
      found = (await call(assistant.client, "diagnose")).findings as Json[];
      return found[0]?.id === id;
    };
    await live.until(`${id} is named`, named, 180).catch((error: unknown) => {
      throw new Error(`found ${JSON.stringify(found.map(({ id, summary }) => [id, summary]))}`, { cause: error });
    });
    return found[0] ?? {};
  };

  /** Does as a client would: what is gone for a moment, or was just tried, is tried again. */
  const remedy = async ({ finding, action }: Fault): Promise<{ state?: unknown; outcome?: string }> => {
    for (const deadline = Date.now() + 120_000; ;) {
      await sleep(2_500);
      const plan = await call(assistant.client, "plan_remediation", { finding });
      if (action === undefined) {
        expect(plan, plan.text).toHaveProperty("refused");
        return {};
      }
      if (plan.planId === undefined && Date.now() < deadline) continue;
      expect(plan, plan.text).toMatchObject({ action });
      const planId = plan.planId as string;
      let result = await call(assistant.client, "apply_remediation", { planId });
      while (["applying", "verifying"].includes(result.state as string)) {
        await sleep(2_500);
        result = await call(assistant.client, "get_remediation", { planId });
      }
      if (result.state === "refused" && Date.now() < deadline) continue;
      return { state: result.state, outcome: result.text };
    }
  };
});
