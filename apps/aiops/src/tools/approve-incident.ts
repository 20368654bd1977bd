import * as z from "zod";
import { isCode } from "../code.ts";
import type { Incident } from "../incidents/incident.ts";
import { OperationError } from "../operation-error.ts";
import type { Operations } from "../operations.ts";
import { nameOf } from "../diagnosis/snapshot.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";
import { clean } from "../text.ts";
import { answerOf, askPerson } from "./agreement.ts";
import { incidentsOf } from "./get-incidents.ts";
import { tool } from "./tool.ts";

/** How the name of the ConfigMap ends whose keys are the codes that people have agreed to. */
const suffix = "-operations-approvals";

type Asking = Incident & Required<Pick<Incident, "question">>;

export const approveIncident = tool({
  name: "approve_incident",
  title: "Agree to what the controller asks",
  description:
    "Asks the person at the client whether the controller in the cluster may do what it asks for an incident, or says what they type in a terminal. The controller does it then, verifies it, and undoes it if it did not help.",
  input: z.strictObject({ finding: z.string().max(200).describe("Of an incident, as get_incidents gave it.") }),
  kind: "act",
  run: async ({ finding }, operations, caller) => {
    const snapshot = await operations.snapshot();
    const { summary, question } = askingOf(finding, snapshot);
    const { code, what, hash } = question;
    if (!caller.asksPeople)
      return { state: "asked", asks: what, next: `A person types in a terminal: npm run aiops -- approve ${code}` };
    const about = { plan: code, hash };
    const answer = answerOf(caller, about, "approve_incident");
    const { audit } = operations.means;
    if (answer === undefined) {
      await audit.write({ event: "asked", finding, client: caller.client });
      const message = `${clean(what)}? The controller asks this because: ${clean(summary)}`.slice(0, 4_000);
      return await askPerson(message, about, operations, caller);
    }
    await audit.write({ event: answer === "yes" ? "approved" : "declined", finding, client: caller.client });
    if (answer === "no") throw new OperationError("The person did not agree. Nothing was done.");
    await agree(code, snapshot, operations);
    return { state: "agreed", next: "get_incidents" };
  },
});

/** @throws OperationError when the controller asks nothing for this finding. */
const askingOf = (finding: string, snapshot: Snapshot): Asking => {
  const asking = incidentsOf(snapshot)?.filter((each): each is Asking => each.question !== undefined) ?? [];
  const found = asking.findLast((each) => each.finding === finding && isCode(each.question.code));
  if (found === undefined) throw new OperationError(`The controller asks nothing for ${finding}.`, "get_incidents");
  return found;
};

/** Writes the code where the controller looks for it, unless somebody else has written there since. */
const agree = async (code: string, { configMaps }: Snapshot, { means }: Operations): Promise<void> => {
  const kept = configMaps.find((each) => nameOf(each).endsWith(suffix));
  if (kept === undefined) throw new OperationError("There is no controller to agree with.", "get_incidents");
  const at = new Date().toISOString();
  const isSame = { op: "test", path: "/metadata/resourceVersion", value: kept.metadata?.resourceVersion };
  const added =
    kept.data === undefined
      ? { op: "add", path: "/data", value: { [code]: at } }
      : { op: "add", path: `/data/${code}`, value: at };
  await means.cluster.edit({ kind: "ConfigMap", name: nameOf(kept) }, [isSame, added], false);
};
