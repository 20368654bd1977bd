import { join } from "node:path";
import { display, pasted, stateFolder } from "../../machine/paths.ts";
import { makePrivateFolder, writeWhole } from "../../machine/private-files.ts";
import { ifThere, Namespace } from "../../provider/cluster/kubernetes/kubernetes.ts";
import type { NamespaceRef } from "../../provider/cluster/kubernetes/kubernetes.ts";
import { firstLine, UserError } from "../../provider/processes/errors.ts";
import { stackName } from "../../state/stack.ts";
import { UsageError } from "../command-line.ts";
import { placeOfRelease } from "../place-of-release.ts";

/** Where the tokens are, and where they go to. */
interface Means {
  stack: string;
  where: NamespaceRef;
  /** Folder for the files with tokens. */
  folder: string;
  say: (text: string) => void;
}

/** The controller's Deployment, and the volume of it with the tokens. The chart names them. */
const deployment = "todo-operations";
const volume = "assistants";

interface Deployment {
  spec: { template: { spec: { volumes: { name: string; secret?: { secretName: string } }[] } } };
}

/**
 * Writes the token by which the assistant of a person calls the operations controller into a file that only the user
 * can read, and says how to connect. The token itself is not printed.
 * @returns the exit code.
 * @throws UserError when the stack has no controller, or none that takes calls of this person's assistant.
 */
export const writeToken = async (person: string | undefined, means: Means = own()): Promise<number> => {
  if (person === undefined)
    throw new UsageError("Whose token?", "Type the name that operationsAssistants has: npm run aiops -- token NAME");
  const { stack, where, folder, say } = means;
  const tokens = await Namespace.use(where, tokensIn).catch((error: unknown) => {
    throw new UserError(
      `The cluster of stack ${stack} cannot be asked: ${firstLine(error)}`,
      "Type: npm run doctor",
      error,
    );
  });
  const token = tokens !== undefined && Object.hasOwn(tokens, person) ? tokens[person] : undefined;
  if (token === undefined) {
    const next = `Type: npx pulumi config set operationsAssistants ${[...Object.keys(tokens ?? {}), person].join(",")}, then: npm start`;
    throw new UserError(`The operations controller of stack ${stack} takes no calls of ${person}'s assistant.`, next);
  }
  makePrivateFolder(folder);
  const file = join(folder, person);
  writeWhole(file, `${Buffer.from(token, "base64").toString("utf8")}\n`);
  const { kubeconfig, context, namespace } = where;
  say(
    [
      `The token of ${person} is in ${display(file)}. Leave this open in a terminal:`,
      `  kubectl --kubeconfig ${pasted(kubeconfig)} --context ${context} -n ${namespace} port-forward deployment/${deployment} 8081`,
      'Give your client http://127.0.0.1:8081/mcp, with the header "Authorization: Bearer TOKEN".',
    ].join("\n"),
  );
  return 0;
};

const own = (): Means => {
  const stack = stackName();
  return { stack, where: placeOfRelease(stack), folder: join(stateFolder, "assistants"), say: console.log };
};

/** In base64, by the name of the person; undefined where nobody may call. */
const tokensIn = async (namespace: Namespace): Promise<Record<string, string> | undefined> => {
  const found = await ifThere(namespace.get<Deployment>("apps/v1", "deployments", deployment));
  const name = found?.spec.template.spec.volumes.find((each) => each.name === volume)?.secret?.secretName;
  if (name === undefined) return undefined;
  return (await ifThere(namespace.get<{ data?: Record<string, string> }>("v1", "secrets", name)))?.data;
};
