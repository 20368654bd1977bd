import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { OperationError } from "../operation-error.ts";
import type { Operations } from "../operations.ts";
import { choose } from "../remedies/choose.ts";
import { blastRadiusOf, diffOf, planOf } from "../remedies/remedy-plan.ts";
import type { Plan } from "../remedies/remedy-plan.ts";
import { mustBeAllowed } from "../remedies/remediation.ts";
import { tryOut } from "../remedies/write.ts";
import { display } from "../diagnosis/snapshot.ts";
import { clean } from "../text.ts";
import { answerOf, askPerson } from "./agreement.ts";
import { tool } from "./tool.ts";
import type { Caller } from "./tool.ts";

/** How long a call waits for the end, in milliseconds: less than clients wait for an answer. */
const patience = 45_000;

const planId = z.uuid().describe("As plan_remediation gave it.");

export const planRemediation = tool({
  name: "plan_remediation",
  title: "Plan what to do about a finding",
  description:
    "Chooses what to do about a finding, from a closed set, by the finding's kind and the state of the cluster alone, and tries it out on the server. Changes nothing.",
  input: z.strictObject({ finding: z.string().max(200).describe("The id of a finding, as diagnose gave it.") }),
  kind: "read",
  run: async ({ finding: id }, operations) => {
    const { finding, snapshot } = await operations.find(id);
    const at = new Date().toISOString();
    const action = choose(finding, snapshot, at);
    if ("refused" in action) return { finding: id, ...action };
    mustBeAllowed(id, operations.means);
    await tryOut(operations.means.cluster, action, snapshot);
    const plan = planOf(finding, action, at);
    operations.plans.add(plan);
    await operations.means.audit.write({ event: "planned", plan: plan.id, hash: plan.hash, ...told(plan) });
    return { planId: plan.id, ...told(plan), expires: new Date(plan.expires).toISOString(), next: "apply_remediation" };
  },
});

export const applyRemediation = tool({
  name: "apply_remediation",
  title: "Do what was planned",
  description:
    "Asks the person at the client, or gives a code for them to type in a terminal, and does what was planned only if they agree: tried out first, verified by the state of the cluster, undone if it did not help. A plan is used once.",
  input: z.strictObject({ planId }),
  kind: "act",
  run: async ({ planId }, operations, caller) => {
    const plan = operations.plans.get(planId);
    if (plan === undefined)
      throw new OperationError("There is no such plan, or it has expired or was used.", "plan_remediation");
    const answer = caller.asksPeople ? answerOf(caller, sealed(plan), "apply_remediation") : undefined;
    if (!caller.asksPeople) {
      if (!operations.typed.isAgreed(plan)) return await askInTerminal(plan, operations, caller);
    } else if (answer === undefined) return await ask(plan, operations, caller);
    // Before anything else happens: whatever comes of it, nobody does it again.
    if (!operations.plans.take(planId)) throw new OperationError("The plan was used already.", "plan_remediation");
    const agreed = answer !== "no";
    await operations.means.audit.write({
      event: agreed ? "approved" : "declined",
      plan: plan.id,
      client: caller.client,
    });
    if (!agreed) throw new OperationError("The person did not agree. Nothing was done.");
    const { remediation, ended } = operations.start(plan);
    await Promise.race([ended, sleep(patience, undefined, { ref: false })]);
    return { ...remediation, ...(isUnderWay(remediation.state) ? { next: "get_remediation" } : {}) };
  },
});

export const getRemediation = tool({
  name: "get_remediation",
  title: "How a remediation goes",
  description: "How far a remediation is, and what came of it.",
  input: z.strictObject({ planId }),
  kind: "read",
  run: ({ planId }, operations) => {
    const remediation = operations.remediation(planId);
    if (remediation === undefined)
      throw new OperationError("No remediation of that plan was begun.", "apply_remediation");
    return Promise.resolve({ ...remediation });
  },
});

const told = (plan: Plan) => ({
  finding: plan.finding,
  action: plan.action.type,
  object: display(plan.action.object),
  diff: diffOf(plan.action),
  blastRadius: blastRadiusOf(plan.action),
});

/** The client cannot show a question, so the person is shown it where they type the code. */
const askInTerminal = async (plan: Plan, { means, typed }: Operations, { client }: Caller) => {
  await means.audit.write({ event: "asked", plan: plan.id, client });
  const code = typed.ask(plan, questionAbout(plan));
  const next = `The person types in a terminal: npm run aiops -- approve ${code}. Then call apply_remediation again.`;
  return { state: "asked", code, ...told(plan), next };
};

const ask = async (plan: Plan, operations: Operations, caller: Caller) => {
  await operations.means.audit.write({ event: "asked", plan: plan.id, client: caller.client });
  return await askPerson(questionAbout(plan), sealed(plan), operations, caller);
};

const sealed = ({ id, hash }: Plan) => ({ plan: id, hash });

const questionAbout = (plan: Plan): string => {
  const { finding, action, object, diff, blastRadius } = told(plan);
  return [`${action} ${object}, because of ${finding}?`, blastRadius, ...diff].map(clean).join("\n").slice(0, 4_000);
};

const isUnderWay = (state: string): boolean => state === "applying" || state === "verifying";
