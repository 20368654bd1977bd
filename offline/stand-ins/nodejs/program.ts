import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as Messages from "@pulumi/pulumi/proto/language_pb.js";
import { fromStruct } from "../properties.ts";
import type { Host } from "../serve-plugin.ts";

/** A program that did not run to its end. */
export class ProgramFailed extends Error {
  /** Whether the program has told the user itself. */
  readonly alreadyReported: boolean;
  constructor(message: string, alreadyReported = false) {
    super(message);
    this.name = "ProgramFailed";
    this.alreadyReported = alreadyReported;
  }
}

/** The exit code with which Pulumi's SDK says that the user has been told. Fixed by the SDK. */
const reportedExitCode = 32;

/** How long a cancelled program may take to end, in milliseconds. */
const grace = 5000;

/**
 * Runs a Pulumi program to its end, as the SDK's own runner in a Node process of its own.
 * @throws ProgramFailed when it cannot be started or ends with an error.
 */
export async function runProgram(request: Messages.RunRequest, host: Host): Promise<void> {
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() ?? request.getPwd();
  const options = fromStruct(info?.getOptions());
  if (request.getAttachDebugger())
    throw new ProgramFailed("the stand-in for the language host cannot attach debuggers");

  const child = spawn(
    "node",
    [...nodeArguments(options["nodeargs"]), runnerOf(folder), ...runArguments(request, host)],
    {
      stdio: ["ignore", "inherit", "inherit"],
      // Its settings come decrypted, so it has no need of the passphrase.
      env: {
        ...process.env,
        PULUMI_CONFIG_PASSPHRASE: undefined,
        PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
        ...runEnvironment(request, options),
      },
    },
  );
  const interrupt = (): void => {
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGKILL"), grace).unref();
  };
  host.cancelled.addEventListener("abort", interrupt);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", (error) => reject(new ProgramFailed(`could not run node: ${error.message}`)));
    child.once("close", resolve);
  }).finally(() => host.cancelled.removeEventListener("abort", interrupt));

  if (exitCode === reportedExitCode) throw new ProgramFailed("", true);
  if (exitCode !== 0) throw new ProgramFailed(`Program exited with non-zero exit code: ${exitCode ?? "-1"}`);
}

function runnerOf(folder: string): string {
  try {
    return createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    throw new ProgramFailed("It looks like the Pulumi SDK has not been installed. Have you run pulumi install?");
  }
}

function runArguments(request: Messages.RunRequest, host: Host): string[] {
  const info = request.getInfo();
  const flags: [name: string, value: string][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", host.engineAddress],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", info?.getRootDirectory() ?? ""],
    ["stack", request.getStack()],
    ["pwd", info?.getProgramDirectory() ?? ""],
    ["parallel", String(request.getParallel())],
  ];
  return [
    ...flags.flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, value])),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() ?? ".",
    ...request.getArgsList(),
  ];
}

function runEnvironment(request: Messages.RunRequest, options: Record<string, unknown>): NodeJS.ProcessEnv {
  const settings = request.getConfigMap().toArray();
  const environment: NodeJS.ProcessEnv = {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(settings.map(([key, value]) => [sdkKey(key), value]))),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
  if (options["typescript"] !== false) environment["PULUMI_NODEJS_TYPESCRIPT"] = "true";
  if (typeof options["tsconfig"] === "string") environment["PULUMI_NODEJS_TSCONFIG_PATH"] = options["tsconfig"];
  return environment;
}

/** `namespace:name` in the form that the SDK has always been given: `namespace:config:name`. */
const sdkKey = (key: string): string => (/^[^:]+:config:/.test(key) ? key : key.replace(":", ":config:"));

/** Splits the `nodeargs` option as a shell would, as far as quotes go. */
function nodeArguments(option: unknown): string[] {
  const words = typeof option === "string" ? (option.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []) : [];
  return words.map((word) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ""),
  );
}
