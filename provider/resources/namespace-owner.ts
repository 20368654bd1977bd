import type { V1Namespace } from "@kubernetes/client-node";
import { UserError } from "../processes/errors.ts";

/** The annotation that says whose a namespace of a shared cluster is. */
export const ownerAnnotation = "todo-stack/owner";

/**
 * Whose a namespace is: `own` when this stack has made it; `given` when the platform's team has made it for this stack,
 * which uses it and never deletes it; else `another's`.
 * @param owner `PROJECT/STACK/RANDOM`, by which the stack marks what it makes. In a namespace that is given stands
 * `PROJECT/STACK`.
 */
export function holdingOf(found: V1Namespace, owner: string): "own" | "given" | "another's" {
  const mark = found.metadata?.annotations?.[ownerAnnotation];
  if (mark === owner) return "own";
  return mark === giftOf(owner) ? "given" : "another's";
}

/** @throws UserError when a namespace is another's. */
export function mustBeFor(found: V1Namespace, owner: string, context: string): void {
  if (holdingOf(found, owner) !== "another's") return;
  const name = found.metadata?.name ?? "";
  const mark = found.metadata?.annotations?.[ownerAnnotation];
  const whose = mark === undefined ? "that this stack has not made" : `of ${mark}, and not of this stack`;
  throw new UserError(
    `There is a namespace ${name} ${whose}.`,
    "Nothing was changed. Choose another name: npx pulumi config set namespace NAME. If somebody made it for this stack, they confirm that by: " +
      `kubectl --context ${context} annotate namespace ${name} ${ownerAnnotation}=${giftOf(owner)}`,
  );
}

const giftOf = (owner: string): string => owner.split("/").slice(0, 2).join("/");
