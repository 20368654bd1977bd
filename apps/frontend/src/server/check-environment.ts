import { environment } from "./environment";
import { log } from "./log";

/** Ends the process with exit code 1 and one clear line if the environment is wrong. */
export function checkEnvironment(): void {
  try {
    environment();
  } catch (error) {
    log("error", error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
