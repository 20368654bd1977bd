import { flagsOf } from "../provider/engine/pulumi-commands.ts";
import { UserError } from "../provider/processes/errors.ts";

/** A pattern of everything, which leaves nothing out. */
const everything = "**";

/** How Pulumi is told to work on some resources alone: by a name or a pattern of names. */
const flags = ["--target", "-t", "--target-replace"];

/**
 * Makes sure that nobody has Pulumi work on the cluster alone. Where that replaces the cluster, Pulumi would write a
 * state that every later command refuses: the way into the new cluster, which depends on it, would still be that into
 * the old one.
 * @param args the command line of a `pulumi up`.
 * @throws UserError that says what to type.
 */
export const mustTargetDependents = (stack: string, args: string[]): void => {
  if (args.some((word) => /^--target-dependents(=true)?$/.test(word))) return;
  const cluster = clusterOf(stack);
  const values = valuesOf(args);
  if (values.includes(everything) || !values.some((value) => patternOf(value).test(cluster))) return;
  throw new UserError(
    "Pulumi was told to work on the cluster without what depends on it.",
    "Nothing was changed. Type the same command with --target-dependents. To bring all of the stack up: npx pulumi up",
  );
};

const clusterOf = (stack: string): string =>
  `urn:pulumi:${stack}::todo-stack::todo-stack:index:MinikubeCluster$minikube:index:Cluster::todo-cluster`;

const valuesOf = (args: string[]): string[] =>
  flagsOf(args).flatMap(({ name, value }) => (flags.includes(name) ? (value?.split(",") ?? []) : []));

/** As Pulumi reads them: `*` is any part of a name up to the next colon, `**` is anything. */
const patternOf = (value: string): RegExp => {
  const parts = value.split(/(\*\*|\*)/).map((part) => {
    if (part === "**") return ".*";
    return part === "*" ? "[^:]*" : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join("")}$`);
};
