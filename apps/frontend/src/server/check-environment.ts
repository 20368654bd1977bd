import { environment, type Environment } from "./environment";
import { log } from "./log";

/** Gives the settings. Ends the process with exit code 1 and one clear line if the environment is wrong. */
export function checkEnvironment(): Environment {
  try {
    return environment();
  } catch (error) {
    log("error", error instanceof Error ? error.message : String(error));
    return process.exit(1);
  }
}
