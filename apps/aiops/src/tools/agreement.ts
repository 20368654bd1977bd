import { acceptedContent, inputRequired } from "@modelcontextprotocol/server";
import type { InputRequiredResult } from "@modelcontextprotocol/server";
import * as z from "zod";
import { OperationError } from "../operation-error.ts";
import type { Approval, Operations } from "../operations.ts";
import type { Caller } from "./tool.ts";

const approval = z.object({
  approve: z.boolean().meta({ title: "Do it", description: "Only if you want exactly what stands above." }),
});

/** Asks the person at the client. @param about is sealed, and comes back with the answer. */
export const askPerson = async (
  message: string,
  about: Approval,
  { approvals }: Operations,
  { context }: Caller,
): Promise<InputRequiredResult> =>
  inputRequired({
    inputRequests: { approval: inputRequired.elicit({ message, requestedSchema: approval }) },
    requestState: await approvals.mint(about, context),
  });

/**
 * What the person has answered to {@link askPerson}.
 * @param next the tool that asks anew.
 * @returns undefined when they were not asked yet.
 * @throws OperationError when what they were asked is not this.
 */
export const answerOf = ({ context }: Caller, about: Approval, next: string): "yes" | "no" | undefined => {
  const answers = context.mcpReq.inputResponses;
  if (answers === undefined) return undefined;
  const asked = context.mcpReq.requestState<Approval>();
  if (asked?.plan !== about.plan || asked.hash !== about.hash) {
    throw new OperationError("That is no answer to this question. Nothing was done.", next);
  }
  return acceptedContent(answers, "approval", approval)?.approve === true ? "yes" : "no";
};
