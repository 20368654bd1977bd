import { applicationAnswer } from "../../components/lib/application-answer.ts";
import { confirmed } from "../../data/confirm.ts";
import { toolEnvironment } from "../../machine/tool-environment.ts";
import { checkout } from "../../machine/paths.ts";
import { Namespace } from "../../provider/cluster/kubernetes/kubernetes.ts";
import type { NamespaceRef } from "../../provider/cluster/kubernetes/kubernetes.ts";
import { revisionsOf } from "../../provider/diagnosis/revisions.ts";
import type { Revision } from "../../provider/diagnosis/revisions.ts";
import { Commands } from "../../provider/processes/commands.ts";
import { firstLine, UserError } from "../../provider/processes/errors.ts";
import { RolloutResource } from "../../provider/resources/release/rollout.ts";
import { isExisting } from "../../pulumi/existing-target.ts";
import { knownSettings, stackState } from "../../state/stack-files.ts";
import { mustBeFree } from "../../state/stack-locks.ts";
import { stackName } from "../../state/stack.ts";
import { placeOfRelease } from "../place-of-release.ts";
import { table } from "../table.ts";
import { imagesOf, obstacleTo } from "./earlier-release.ts";

/** Where a stack is released, and how it is asked and changed. */
interface Means {
  /** The checkout. */
  folder: string;
  stack: string;
  where: NamespaceRef;
  /** Where the application answers. */
  url: string;
  commands: Commands;
  confirmed: (what: string) => Promise<boolean>;
  say: (text: string) => void;
}

const release = "todo";

/**
 * Goes back to an earlier release of the stack, or lists those that Helm keeps. Data, Secrets and the schema of the
 * database stay.
 * @param typed the number of a revision; undefined for the list.
 * @param sure true to do it without a question.
 * @returns the exit code.
 * @throws UserError when the revision is not there, something is in its way, Pulumi is at work on the stack, or the
 * revision does not become healthy. In the last case the one before runs again.
 */
export const rollback = async (typed: string | undefined, sure: boolean, means: Means = own()): Promise<number> => {
  const { stack, where, say } = means;
  const revisions = await releasesOf(means);
  const current = revisions.find(({ status }) => status === "deployed");
  if (current === undefined) throw new UserError(`The stack ${stack} has no release that runs.`, "Type: npx pulumi up");
  if (typed === undefined) {
    say(listOf(revisions));
    say("To go back to one, type: npm run rollback -- REVISION");
    return 0;
  }
  const revision = revisions.find(({ version }) => String(version) === typed);
  if (revision === undefined) {
    throw new UserError(`Helm keeps no revision ${typed} of the stack ${stack}.`, "See which: npm run rollback");
  }
  if (revision === current) {
    say(`Revision ${typed} is the one that runs.`);
    return 0;
  }
  const obstacle = await Namespace.use(where, (namespace) => obstacleTo(revision, current, namespace));
  if (obstacle !== undefined) {
    throw new UserError(
      `The stack cannot go back to revision ${typed}: ${obstacle}.`,
      "Nothing was changed. Go back to the commit of that time instead: git switch --detach COMMIT, then npx pulumi up",
    );
  }
  if (!sure && !(await means.confirmed(question(means, revision)))) return 1;
  mustBeFree(means.folder, stack, "Nothing was changed.");
  await goBack(means, revision, current);
  return 0;
};

const own = (): Means => {
  const stack = stackName();
  const existing = isExisting(stack);
  const env = existing ? toolEnvironment(process.env, "clouds") : toolEnvironment();
  const url = stackState(checkout, stack)?.url ?? `http://localhost:${knownSettings(checkout, stack).port}`;
  const commands = new Commands(env, new AbortController().signal);
  return {
    folder: checkout,
    stack,
    where: placeOfRelease(stack),
    url,
    commands,
    confirmed,
    say: console.log,
  };
};

/** Newest first. */
const releasesOf = async ({ stack, where }: Means): Promise<Revision[]> => {
  try {
    const revisions = await Namespace.use(where, (namespace) => revisionsOf(namespace, release));
    return revisions.toSorted((one, other) => other.version - one.version);
  } catch (error) {
    throw new UserError(
      `The releases of the stack ${stack} cannot be read: ${firstLine(error)}`,
      "Nothing was changed. Type: npm run doctor",
      error,
    );
  }
};

const listOf = (revisions: Revision[]): string =>
  table([
    ["Revision", "Released", "Status", "Images", "What Helm notes"],
    ...revisions.map((revision) => [
      String(revision.version),
      timeOf(revision),
      revision.status,
      imagesOf(revision).join(", "),
      revision.description,
    ]),
  ]);

/** To the second, in UTC. */
const timeOf = ({ deployed }: Revision): string => deployed.replace("T", " ").replace(/\..*$|Z$/, "");

const question = ({ stack }: Means, revision: Revision): string =>
  `The stack ${stack} goes back to revision ${revision.version} of ${timeOf(revision)}: ${imagesOf(revision).join(", ")}. ` +
  "All data stay, and so does the schema of the database.";

/** Waits as an `up` does, and goes on with what ran before if the earlier release does not become healthy now. */
const goBack = async (means: Means, revision: Revision, current: Revision): Promise<void> => {
  const { where, url, commands, say } = means;
  const { namespace, kubeconfig, context } = where;
  const flags = ["--namespace", namespace, "--kubeconfig", kubeconfig, "--kube-context", context, "--timeout=60s"];
  const { ok, reason } = await commands.run("helm", ["rollback", release, String(revision.version), ...flags]);
  if (!ok) throw new UserError(`Helm did not go back: ${reason}`, "See what runs: npm run rollback");
  const made = Math.max(...(await releasesOf(means)).map(({ version }) => version));
  const tell = (_urn: string, line: string): void => say(line);
  const rollout = new RolloutResource(commands, { progress: tell, inform: tell, warn: tell });
  const inputs = { ...where, release, instance: "", nodeStarted: "", url, answer: applicationAnswer };
  await rollout.update("", { ...inputs, revision: current.version }, { ...inputs, revision: made });
  say(
    `Revision ${made} runs, which is what revision ${revision.version} was. The next up releases what is in this checkout again; ` +
      "what that would change says: npx pulumi preview --diff",
  );
};
