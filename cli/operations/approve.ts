import { join } from "node:path";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { readJson } from "../../provider/processes/files.ts";
import { answerTo } from "../../data/confirm.ts";
import { stateFolder } from "../../machine/paths.ts";
import { writeWhole } from "../../machine/private-files.ts";
import { Namespace } from "../../provider/cluster/kubernetes/kubernetes.ts";
import type { NamespaceRef } from "../../provider/cluster/kubernetes/kubernetes.ts";
import { firstLine, UserError } from "../../provider/processes/errors.ts";
import { stackName } from "../../state/stack.ts";
import { UsageError } from "../command-line.ts";
import { placeOfRelease } from "../place-of-release.ts";
import { codePattern, incidentsIn } from "./incidents.ts";
import type { Incident } from "./incidents.ts";

/** Where those are who ask, and who sits at the terminal. */
interface Means {
  stack: string;
  where: NamespaceRef;
  /** Where the server of `npm run aiops` keeps its questions: apps/aiops/src/typed-approvals.ts writes them. */
  questions: string;
  isTerminal: boolean;
  ask: (question: string) => Promise<string | undefined>;
  say: (text: string) => void;
}

/** Something that is done once a person agrees. */
interface Asked {
  /** Who asks, and what would be done. */
  words: string;
  agree: () => void | Promise<void>;
  /** What comes next. */
  next: string;
}

/**
 * The keys of this ConfigMap are the codes that people have agreed to. The chart makes it, and the controller reads it.
 */
const configMap = "todo-operations-approvals";

/**
 * Shows what would be done, by the operations controller in the cluster or by an assistant, and lets whoever sits at
 * the terminal agree.
 * @param typed the code that the controller or the assistant has given, in capital letters or small ones, with its dash
 * or without.
 * @returns the exit code.
 * @throws UserError when there is no terminal, no controller, or nothing that has this code. Nothing is changed then.
 */
export const approve = async (typed: string | undefined, means: Means = own()): Promise<number> => {
  const code = typed?.toUpperCase().replace(/^(\w{4})(\w{4})$/, "$1-$2");
  if (code === undefined || !codePattern.test(code)) {
    throw new UsageError("A code looks like K7QF-2M9X.", "See what the operations controller asks: npm run status");
  }
  const { isTerminal, ask, say } = means;
  if (!isTerminal) {
    throw new UserError("Only a person at a terminal can agree.", `Type there: npm run aiops -- approve ${code}`);
  }
  const { words, agree, next } = askedByAssistant(code, means) ?? (await askedByController(code, means));
  say(words);
  if ((await ask("Type yes to agree: ")) !== "yes") {
    say("Nothing was changed.");
    return 1;
  }
  await agree();
  say(next);
  return 0;
};

const own = (): Means => {
  const stack = stackName();
  const isTerminal = process.stdin.isTTY;
  const questions = join(stateFolder, "aiops-questions");
  return { stack, where: placeOfRelease(stack), questions, isTerminal, ask: answerTo, say: console.log };
};

/** What a server wrote into its file, as far as it is read here. */
interface Written {
  what: string;
  /** Milliseconds since 1970. */
  expires: number;
}

const askedByAssistant = (code: string, { stack, questions }: Means): Asked | undefined => {
  const file = join(questions, `${code}.json`);
  const written = readWritten(file);
  if (written === undefined) return undefined;
  if (written.expires < Date.now()) {
    throw new UserError(`What has the code ${code} is no longer asked.`, "Let your assistant plan it again.");
  }
  return {
    words: `Stack ${stack}: your assistant would ${stripVTControlCharacters(written.what)}`,
    agree: () => {
      writeWhole(file, JSON.stringify({ ...written, agreed: new Date().toISOString() }));
    },
    next: "Tell your assistant that you have agreed.",
  };
};

const readWritten = (file: string): Written | undefined => readJson(file) as Written | undefined;

type Asking = Incident & Required<Pick<Incident, "question">>;

const askedByController = async (code: string, { stack, where }: Means): Promise<Asked> => {
  const incidents = await Namespace.use(where, incidentsIn).catch((error: unknown) => {
    const what = `The operations controller of stack ${stack} cannot be asked: ${firstLine(error)}`;
    throw new UserError(what, "Nothing was changed. Type: npm run doctor", error);
  });
  if (incidents === undefined) {
    const next = "To have one, type: npx pulumi config set operations act, then npm start";
    throw new UserError(`Nothing asks for the code ${code}, and stack ${stack} has no operations controller.`, next);
  }
  const asking = incidents.filter((incident): incident is Asking => incident.question !== undefined);
  const found = asking.find(({ question }) => question.code === code);
  if (found === undefined) {
    const next = "The question may have changed meanwhile. See what the operations controller asks: npm run status";
    throw new UserError(`Nothing in stack ${stack} asks for the code ${code}.`, next);
  }
  const agreed = { data: { [code]: new Date().toISOString() } };
  return {
    words: `Stack ${stack}: ${found.summary}\nThe operations controller would: ${found.question.what}`,
    agree: () => Namespace.use(where, (namespace) => namespace.merge("v1", "configmaps", configMap, agreed)),
    next: "The controller does it now, and undoes it if it does not help. To see how it goes: npm run status",
  };
};
