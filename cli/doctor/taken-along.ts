import type { Kept } from "../../data/kept.ts";
import { asTyped } from "../../machine/paths.ts";
import { warn } from "./verdicts.ts";
import type { Finding } from "./verdicts.ts";

/** Data that a run takes along to another cluster or namespace. @param kept what that run has written down, if there is one. */
export const onTakenAlong = (kept: Kept | undefined): Finding | undefined => {
  if (kept === undefined) return undefined;
  const { saved } = kept;
  const where = saved === undefined ? "" : `; the data are in ${asTyped(saved.file)} (${saved.contents})`;
  const text = `npm start -- --keep-data has not come to its end, and the application may take no changes${where}`;
  const next =
    "Let it end. If it was killed, type: npm start. To have all stay as it was, first put the old setting back";
  return warn("data taken along", text, next);
};
