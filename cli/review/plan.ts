import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { userEnvironment } from "../../provider/processes/user-environment.ts";
import { shownUnknown, signatureKey, unknown } from "../../provider/engine/marks.ts";
import { installArguments } from "../../setup/packages.mjs";
import { checkout } from "../../machine/paths.ts";
import { run } from "../../machine/run.ts";

/** What a commit of this project would make out of nothing. */
export interface Plan {
  /** By URN. */
  resources: Map<string, PlannedResource>;
  violations: Violation[];
  /** Why the preview failed, other than by a violation; empty when it did not. */
  errors: string[];
}

export interface PlannedResource {
  type: string;
  name: string;
  /** Secrets are masked. */
  inputs: Record<string, unknown>;
}

/** Something that a policy refuses. */
interface Violation {
  policy: string;
  /** Name of the resource. */
  resource: string;
  message: string;
}

/**
 * Previews a commit in a checkout of its own with an empty state, so that everything is to be created, and nothing on
 * this machine shows in it.
 * @param folder where to check it out; it must not exist.
 * @throws UserError when there is no such commit or its packages cannot be installed.
 */
export const planOf = async (commit: string, folder: string): Promise<Plan> => {
  await run(`check ${commit} out`, "git", ["worktree", "add", "--detach", folder, commit], { cwd: checkout });
  try {
    await installPackages(folder);
    const preview = [join(folder, "cli/bin/pulumi.mjs"), "preview", "--stack", "dev", "--json"];
    const { stdout, stderr, exitCode } = await execa(process.execPath, preview, {
      cwd: folder,
      env: { ...userEnvironment(process.env), PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" },
      extendEnv: false,
      reject: false,
      stdin: "ignore",
      maxBuffer: 1_000_000_000,
    });
    return planIn(stdout, exitCode === 0 ? "" : stderr);
  } finally {
    await run(`remove the checkout of ${commit}`, "git", ["worktree", "remove", "--force", folder], { cwd: checkout });
  }
};

/** As much as is read of the events that Pulumi prints, one a line. */
interface EngineEvent {
  resourcePreEvent?: { metadata: { urn: string; type: string; new?: { inputs?: Record<string, unknown> } } };
  policyEvent?: { resourceUrn?: string; policyName: string; message: string };
  // Those of severity "debug" hold everything, secrets too.
  diagnosticEvent?: { severity: string; message: string };
}

/**
 * Reads what a preview printed.
 * @param output the events, one a line.
 * @param stderr what else it said if it failed; else empty.
 */
export const planIn = (output: string, stderr: string): Plan => {
  const lines = output.split("\n").filter((line) => line.startsWith("{"));
  const events = lines.map((line) => JSON.parse(line) as EngineEvent);
  const steps = events.flatMap(({ resourcePreEvent }) => (resourcePreEvent ? [resourcePreEvent.metadata] : []));
  const instance = steps.find(({ type }) => type === "minikube:index:Cluster")?.new?.inputs?.["instance"];
  const resources = new Map(
    steps.map(({ urn, type, new: planned }) => {
      const inputs = readable(planned?.inputs ?? {}, instance) as PlannedResource["inputs"];
      return [urn, { type, name: nameOf(urn), inputs }];
    }),
  );
  const violations = events.flatMap(({ policyEvent: event }) =>
    event
      ? [{ policy: event.policyName, resource: nameOf(event.resourceUrn ?? ""), message: event.message.trim() }]
      : [],
  );
  const errors = events.flatMap(({ diagnosticEvent: event }) =>
    event?.severity === "error" && event.message !== "preview failed\n" ? [event.message.trim()] : [],
  );
  const unexplained = stderr !== "" && violations.length === 0 && errors.length === 0;
  return { resources, violations, errors: unexplained ? [stderr.trim()] : errors };
};

/** Masks what is secret, names what is unknown and what is drawn anew each time, and leaves out Pulumi's own. */
const readable = (value: unknown, instance: unknown): unknown => {
  if (value === instance) return "[instance]";
  if (typeof value === "string") return readableText(value, instance);
  if (Array.isArray(value)) return value.map((item) => readable(item, instance));
  if (typeof value !== "object" || value === null) return value;
  if (signatureKey in value) return "[secret]";
  const entries = Object.entries(value).filter(([key]) => !key.startsWith("__"));
  return Object.fromEntries(entries.map(([key, part]) => [key, readable(part, instance)]));
};

/** A text that is JSON is a tree that Pulumi need not look into: see provider/engine/kept-text.ts. */
const readableText = (text: string, instance: unknown): unknown => {
  if (!/^\{.*\}$/s.test(text)) return text.replaceAll(unknown, shownUnknown);
  try {
    return readable(JSON.parse(text), instance);
  } catch {
    return text.replaceAll(unknown, shownUnknown);
  }
};

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";

/** Takes this checkout's packages when the commit asks for the same. */
const installPackages = async (folder: string): Promise<void> => {
  const [here, there] = await Promise.all(
    [checkout, folder].map((root) => readFile(join(root, "package-lock.json"), "utf8")),
  );
  if (here === there) await symlink(join(checkout, "node_modules"), join(folder, "node_modules"));
  else
    await run("install the packages of the commit", "npm", installArguments, {
      cwd: folder,
      env: userEnvironment(process.env, "npm"),
    });
};
