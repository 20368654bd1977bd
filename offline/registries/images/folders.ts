import { join } from "node:path";
import { cacheFolder } from "../../../machine/paths.ts";

/** Root file systems and archives that images are made from, each in a folder named after what it is made from. */
export const imageFolder = join(cacheFolder, "images");

/** The script that stands before runc, on the host and in the node. */
export const runcScript = join(import.meta.dirname, "runc", "todo-stack-runc.sh");
