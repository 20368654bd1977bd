import type { CheckedInputs } from "./cluster.ts";
import type { Commands } from "./commands.ts";
import { contentsOf } from "./contents.ts";
import type { LossGuard } from "./loss.ts";
import { idOfCluster } from "./standing.ts";
import type { Standing } from "./standing.ts";

/**
 * Keeps a cluster from being replaced that is not this stack's to replace, or that is in an engine which cannot be asked.
 * @returns true in a preview, which has said so; false when it may be replaced.
 * @throws UserError in anything but a preview.
 */
export function isWithheld(guard: LossGuard, urn: string, cluster: CheckedInputs, standing: Standing): boolean {
  if (standing.is === "elsewhere" && guard.hasAgreement(idOf(cluster, standing))) return false;
  if (standing.is !== "elsewhere" && standing.is !== "another's") return false;
  guard.refuse(urn, standing.error);
  return true;
}

/**
 * Keeps the data in a cluster from being lost by its replacement unless a person has agreed.
 * @param others the inputs because of which it is to be replaced; none when something else is the reason.
 * @throws UserError in anything but a preview.
 */
export async function protectData(
  commands: Commands,
  guard: LossGuard,
  urn: string,
  cluster: CheckedInputs,
  standing: Standing,
  others: string[] = [],
): Promise<void> {
  if (standing.is !== "there" && standing.is !== "volume") return;
  const { profile } = cluster;
  const id = idOf(cluster, standing);
  const cause = others.length === 0 ? "To replace it" : `Another ${others.join(", ")}`;
  const loss =
    standing.is === "there"
      ? { id, what: `${cause} means another cluster: all data in ${profile} will be lost.` }
      : {
          id,
          what:
            `Docker has no container ${profile} any more, but still its volume ${profile}. A new cluster means a new volume: ` +
            "all data in that one will be lost.",
          keep: `To keep them, copy what docker volume inspect ${profile} shows.`,
        };
  await guard.protect(urn, loss, () => contentsOf(commands, cluster, undefined, guard.contents));
}

const idOf = ({ profile, instance }: CheckedInputs, standing: Standing): string => {
  const { mark } = "mark" in standing ? standing : {};
  return idOfCluster(profile, mark?.instance ?? instance);
};
