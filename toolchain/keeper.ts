import { DataKeeper } from "./keep-data.ts";
import { isWhole, stackIn } from "./make-ready.ts";
import { placeOf } from "./reach.ts";
import { settingOf } from "./stack.ts";

/** Who takes the data of a stack along when Pulumi brings all of it up; undefined for any other command line of Pulumi. */
export const keeperFor = (args: string[]): DataKeeper | undefined => {
  const stack = isWhole(args) ? stackIn(args) : undefined;
  if (stack === undefined) return undefined;
  const say = (line: string): void => console.error(line);
  return new DataKeeper(stack, {
    // Loaded only when needed: Kubernetes' client is large.
    open: async (how) => await (await import("./stored-data.ts")).openData(placeOf(stack), how, say),
    areInside: async () => (await settingOf("databaseUrl", stack)) === "",
    say,
  });
};
