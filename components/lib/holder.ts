import * as pulumi from "@pulumi/pulumi";
import type { Holder } from "../../provider/data-loss/loss.ts";
import { databaseContents } from "./database-contents.ts";

/**
 * What resources that hold data are told: whether this is a preview, and how to find out what is in the application's
 * database.
 */
export function holder(): Holder {
  return { isPreview: pulumi.runtime.isDryRun(), contents: databaseContents(pulumi.getStack()) };
}
