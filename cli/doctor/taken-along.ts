import type { Kept } from "../../data/kept-backup.ts";
import { asTyped } from "../../machine/paths.ts";
import { warn } from "./verdicts.ts";
import type { Finding } from "./verdicts.ts";

/**
 * Data that a run takes along to another cluster or namespace. @param kept what that run has written down, if there is
 * one.
 */
export const onTakenAlong = (kept: Kept | undefined): Finding | undefined => {
  if (kept === undefined) return undefined;
  const { saved } = kept;
  const where = saved === undefined ? "" : `; the data are in ${asTyped(saved.file)} (${saved.contents})`;
  const text = `npm start -- --keep-data has not finished, and the application may refuse changes${where}`;
  const next =
    "Wait until it has finished. If it was killed, type: npm start. To keep everything as it was, put the old setting back first";
  return warn("data taken along", text, next);
};
