import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../provider/processes/errors.ts";
import { isExisting } from "./existing-target.ts";
import { DataKeeper } from "../data/keep-data.ts";
import { forgetKept, keptFile, keptStacks, waitingToBePutBack } from "../data/kept-backup.ts";
import { isWhole, stackIn } from "./make-ready.ts";
import { asTyped, checkout, stateFolder } from "../machine/paths.ts";
import { makePrivateFolder } from "../machine/private-files.ts";
import { placeOf } from "../state/access/reach.ts";
import { stackState, stateFile } from "../state/stack-files.ts";
import { settingOf } from "../state/stack.ts";

/**
 * Who takes the data of a stack along when Pulumi brings all of it up; undefined for any other command line of Pulumi.
 */
export const keeperFor = (args: string[]): DataKeeper | undefined => {
  const stack = isWhole(args) ? stackIn(args) : undefined;
  // Of a cluster of others nothing is ever replaced that holds data.
  if (stack === undefined || isExisting(stack)) return undefined;
  mustLeaveNoDataBehind(stack);
  const say = (line: string): void => console.error(line);
  return new DataKeeper(stack, {
    // Loaded only when needed: Kubernetes' client is large.
    open: async (how) => await (await import("../data/stored-data.ts")).openData(placeOf(stack), how, say),
    alone: () => onlyOne(stack),
    areInside: async () => (await settingOf("databaseUrl", stack)) === "",
    say,
  });
};

/** Removes and forgets what a destroy of all of a stack leaves, because the stack's state does not know it. */
export const forgetDestroyed = async (stack: string): Promise<void> => {
  if (!isExisting(stack)) {
    // Loaded only when needed: Kubernetes' client is large.
    await (await import("./begun-cluster.ts")).removeBegunCluster(placeOf(stack));
  }
  forgetWithoutCluster(stack);
};

/**
 * Forgets what a killed run has written down when the stack has no cluster any more: who has destroyed that does not
 * want its data back. A destroy of some resources alone, or one that only shows what it would do, has left the cluster.
 */
export const forgetWithoutCluster = (stack: string, folder: string = checkout): void => {
  if (stackState(folder, stack)?.instance === undefined) forgetKept(stack, join(folder, ".state"));
};

/**
 * Makes sure that no data wait under the name of a stack that is not there. `pulumi stack rename` without `npx` leaves
 * behind what is written down of data that are taken along.
 * @throws UserError when some do.
 */
export const mustLeaveNoDataBehind = (stack: string, folder: string = checkout): void => {
  const state = join(folder, ".state");
  const gone = keptStacks(state).find((other) => !existsSync(stateFile(folder, other)));
  if (gone === undefined) return;
  throw new UserError(
    `The data of a stack ${gone} are being taken along, and there is no stack of that name.${waitingToBePutBack(gone, state)}`,
    `Nothing was changed. If ${stack} had that name, give it back: npx pulumi stack rename ${gone} --stack ${stack}. Then: npx pulumi up ` +
      `--stack ${gone}. If nobody wants these data, type: rm ${asTyped(keptFile(gone, state))}`,
  );
};

const onlyOne = async (stack: string): Promise<() => Promise<void>> => {
  makePrivateFolder(stateFolder);
  const { lock } = await import("proper-lockfile");
  // The lock of a run that was killed is given up after ten seconds.
  const retries = { retries: 6, minTimeout: 2_000, factor: 1 };
  try {
    return await lock(join(stateFolder, `keep-data-${stack}`), { realpath: false, retries });
  } catch (error) {
    const what = `Another run takes the data of the stack ${stack} along.`;
    throw new UserError(what, "Nothing was changed. Wait until it has ended.", error);
  }
};
