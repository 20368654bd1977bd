import * as pulumi from "@pulumi/pulumi";
import type { Holder } from "../../provider/data-loss/loss.ts";
import { databaseContents, databaseSave, toType } from "./database-contents.ts";

/**
 * What resources that hold data are told: whether this is a preview, how to find out what is in the application's
 * database, and how to keep it.
 */
export function holder(): Holder {
  const stack = pulumi.getStack();
  return {
    isPreview: pulumi.runtime.isDryRun(),
    contents: databaseContents(stack),
    toType: toType(stack),
    save: databaseSave(stack),
  };
}
