import type { CheckedInputs } from "./cluster.ts";
import type { Commands } from "../../processes/commands.ts";
import { contentsOf } from "../../data-loss/contents.ts";
import type { LossGuard } from "../../data-loss/loss.ts";
import { idOfCluster } from "../../data-loss/standing.ts";
import type { Standing } from "../../data-loss/standing.ts";

/**
 * Keeps a cluster from being replaced that is not this stack's to replace, or that is in an engine which cannot be
 * asked.
 * @returns true in a preview, which has said so; false when it may be replaced.
 * @throws UserError in anything but a preview.
 */
export function isWithheld(guard: LossGuard, urn: string, cluster: CheckedInputs, standing: Standing): boolean {
  if (standing.is === "elsewhere" && guard.hasAgreement(idOf(cluster, standing))) return false;
  if (standing.is !== "elsewhere" && standing.is !== "another's") return false;
  guard.refuse(urn, standing.error);
  return true;
}

const replacement = "To replace it means a new cluster";

/** Why the engine deletes a cluster while a program runs. */
export const causeOfDelete = (guard: LossGuard, urn: string, { profile }: CheckedInputs): string =>
  guard.hasSeen(urn) ? replacement : `The program does not register the cluster ${profile} any more`;

/**
 * Keeps the data in a cluster from being lost by its replacement unless a person has agreed.
 * @param cause why they would be lost: the beginning of a sentence.
 * @throws UserError in anything but a preview.
 */
export async function protectData(
  commands: Commands,
  guard: LossGuard,
  urn: string,
  cluster: CheckedInputs,
  standing: Standing,
  cause = replacement,
): Promise<void> {
  if (standing.is !== "there" && standing.is !== "volume") return;
  const { profile } = cluster;
  const id = idOf(cluster, standing);
  const loss =
    standing.is === "there"
      ? { id, what: `${cause}: all data in ${profile} will be lost.` }
      : {
          id,
          what:
            `Docker has no container ${profile} any more, but still has its volume ${profile}. A new cluster gets a new volume: ` +
            "all data in the old one will be lost.",
          keep: `To keep them, copy the folder that docker volume inspect ${profile} names.`,
        };
  await guard.protect(urn, loss, () => contentsOf(commands, cluster, undefined, guard.contents));
}

const idOf = ({ profile, instance }: CheckedInputs, standing: Standing): string => {
  const { mark } = "mark" in standing ? standing : {};
  return idOfCluster(profile, mark?.instance ?? instance);
};
