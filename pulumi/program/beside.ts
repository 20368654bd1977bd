import { isAbsolute, relative } from "node:path";
import process from "node:process";
import { checkout } from "../../machine/paths.ts";
import { asksForHelp, wordsOf } from "../../provider/engine/pulumi-commands.ts";
import { startProvider } from "./provider-ahead.ts";

/** Starts Pulumi with a command line and an environment, and gives its exit code. */
type Start = (args: string[], env: NodeJS.ProcessEnv) => Promise<number>;

/**
 * Starts Pulumi. Where a command runs the program of this checkout, the program runs in this process, as inline
 * programs of Pulumi's Automation API do: it is loaded while Pulumi starts, and Pulumi starts no language host. The
 * provider of this project is started beside it.
 * @param start starts Pulumi itself.
 * @returns its exit code.
 */
export const withProgram = async (args: string[], env: NodeJS.ProcessEnv, start: Start): Promise<number> => {
  if (!runsProgram(args)) return await start(args, env);
  const provider = startProvider(args, env);
  // Loaded only when needed: `npx pulumi` is to start quickly.
  const { serveProgram } = await import("./serve-program.ts");
  const served = await serveProgram(env);
  const variables = { ...(await provider.variables), [clientVariable]: served.address, [parallelVariable]: "true" };
  const folder = process.cwd();
  try {
    const ended = start(args, { ...env, ...variables });
    // As Pulumi has it: the program's paths are relative to its project.
    process.chdir(checkout);
    return await ended;
  } finally {
    process.chdir(folder);
    await Promise.all([served.end(), provider.end()]);
  }
};

/** The variable of Pulumi's flag `--client`: who has typed that has another program in mind. */
const clientVariable = "PULUMI_OPTION_CLIENT";

/** By this variable Pulumi compares resources side by side. By default it compares one after the other. */
const parallelVariable = "PULUMI_PARALLEL_DIFF";

const commands = ["up", "update", "preview", "pre", "refresh"];

/** Flags by which Pulumi works on another project, or needs its language host. */
const otherwise = /^(--client|--cwd|-C|--attach-debugger|--remote)/;

/** Whether a command line of Pulumi runs the program of this checkout, and nothing of it asks for another way. */
export const runsProgram = (args: string[], folder: string = process.cwd()): boolean => {
  const [command = ""] = wordsOf(args);
  const path = relative(checkout, folder);
  const isInside = !path.startsWith("..") && !isAbsolute(path);
  if (asksForHelp(args)) return false;
  return commands.includes(command) && isInside && !args.some((word) => otherwise.test(word));
};
