import { access } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { contextDigest } from "./docker-context.ts";
import type { Daemon } from "./docker-daemon.ts";
import type { Changes } from "../diff.ts";
import type { Engine } from "../engine-messages.ts";
import { asText, hasUnknowns, objectAt, revealAll, secret, textAt } from "../properties.ts";
import type { Properties, Value } from "../properties.ts";
import type { Resource } from "../resource-type.ts";
import { CommandFailed } from "../run-command.ts";

/**
 * `docker.Image`: builds an image into the daemon of its provider.
 *
 * As in the official plugin only inputs are compared, the digest of the build context among them: an image that is no
 * longer in the daemon goes unnoticed, reading echoes the state and deleting leaves the image where it is.
 */
export const imageResource = (daemon: Daemon, engine: Engine): Resource => ({
  check: async (urn, _olds, news) => {
    const inputs = withoutNulls(news);
    refuseUnsupported(inputs);
    const build = { ...objectAt(inputs, "build") };
    const unknownPaths = hasUnknowns(build["dockerfile"] ?? null) || hasUnknowns(build["context"] ?? null);
    if (!unknownPaths) {
      const { context, dockerfile } = pathsOf(build);
      await mustExist(context, dockerfile);
      Object.assign(build, { context, dockerfile, contextDigest: contextDigest(context, dockerfile) });
    }
    if (build["platform"] === undefined) {
      build["platform"] = `linux/${architecture()}`;
      await engine.log("info", platformAdvice(build["platform"]), urn);
    }
    return { inputs: { ...inputs, build, buildOnPreview: false } };
  },

  diff: (state, inputs) => ({ changes: differingInputs(revealAll(objectAt(state, "__inputs")), withoutNulls(inputs)) }),

  create: async (urn, inputs, preview) => {
    if (preview) return { id: "", state: inputs };
    return { id: textAt(inputs, "imageName") ?? "", state: await buildImage(daemon, engine, urn, inputs) };
  },

  update: async (urn, _state, inputs, preview) => (preview ? inputs : buildImage(daemon, engine, urn, inputs)),

  read: (_urn, id, state, inputs) => Promise.resolve({ id, state, inputs }),
  delete: () => Promise.resolve(),
});

async function buildImage(daemon: Daemon, engine: Engine, urn: string, inputs: Properties): Promise<Properties> {
  const imageName = textAt(inputs, "imageName") ?? "";
  const build = objectAt(inputs, "build");
  const { context, dockerfile } = pathsOf(build);
  engine.progress("Starting Docker build", urn);
  try {
    const buildKit = textAt(build, "builderVersion") !== "BuilderV1";
    const onLine = (line: string): void => {
      if (line.trim() !== "") engine.progress(line.trim(), urn);
    };
    await daemon.build(buildArguments(imageName, build), buildKit, onLine, proxiesIn(build));
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new Error(`error reading build output: ${error.message}`, { cause: error });
  }
  const repoDigest = await daemon.imageId(imageName);
  engine.progress(`Image built successfully, local id ${JSON.stringify(repoDigest)}`, urn);
  return {
    baseImageName: imageName,
    context,
    dockerfile: relative(resolve(context), resolve(dockerfile)),
    imageName,
    platform: textAt(build, "platform") ?? "",
    registryServer: textAt(objectAt(inputs, "registry"), "server") ?? "",
    repoDigest,
    __inputs: secret(inputs),
  };
}

function buildArguments(imageName: string, build: Properties): string[] {
  const { context, dockerfile } = pathsOf(build);
  const option = (flag: string, value: string | undefined): string[] => (value ? [flag, value] : []);
  return [
    ...["--file", dockerfile, "--tag", imageName],
    ...option("--platform", textAt(build, "platform")),
    ...option("--target", textAt(build, "target")),
    ...option("--network", textAt(build, "network")),
    ...Object.entries(objectAt(build, "args")).flatMap(([key, value]) => [
      "--build-arg",
      key in proxiesIn(build) ? key : `${key}=${asText(value)}`,
    ]),
    ...list(build["addHosts"]).flatMap((host) => ["--add-host", asText(host)]),
    context,
  ];
}

/**
 * Docker's client finds their values in its environment: a password may be in them, and everybody can see a command
 * line.
 */
const proxiesIn = (build: Properties): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(objectAt(build, "args"))
      .map(([key, value]) => [key, asText(value)] as const)
      .filter(([key, value]) => /^(?:https?|no)_proxy$/i.test(key) && value !== ""),
  );

const list = (value: Value | undefined): Value[] => (Array.isArray(value) ? value : []);

function pathsOf(build: Properties): { context: string; dockerfile: string } {
  const context = textAt(build, "context") ?? ".";
  return { context, dockerfile: textAt(build, "dockerfile") ?? join(context, "Dockerfile") };
}

async function mustExist(context: string, dockerfile: string): Promise<void> {
  const exists = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    );
  if (await exists(dockerfile)) return;
  if (isAbsolute(dockerfile)) throw new Error(`expected a relative Dockerfile path; got "${dockerfile}" instead`);
  const inContext = join(context, dockerfile);
  const advice = (await exists(inContext)) ? `. Try setting \`dockerfile\` to "${inContext}"` : ": no such file";
  throw new Error(`could not open dockerfile at relative path "${dockerfile}"${advice}`);
}

function differingInputs(before: Properties, wanted: Properties): Changes {
  const changes: Changes = {};
  for (const key of Object.keys({ ...before, ...wanted })) {
    if (before[key] === undefined) changes[key] = "add";
    else if (wanted[key] === undefined) changes[key] = "delete";
    else if (!isDeepStrictEqual(before[key], wanted[key])) changes[key] = "update";
  }
  return changes;
}

function refuseUnsupported(inputs: Properties): void {
  const refuse = (what: string): never => {
    throw new Error(`the stand-in for the docker plugin ${what}`);
  };
  if (inputs["skipPush"] !== true) refuse("cannot push images: set skipPush to true");
  if (inputs["buildOnPreview"] === true) refuse("cannot build in a preview: leave buildOnPreview out");
  if (objectAt(inputs, "build")["cacheFrom"] !== undefined) refuse("cannot use cacheFrom: leave it out");
}

/** The inputs without nulls, which the official plugin takes for missing, at any depth. */
function withoutNulls(properties: Properties): Properties {
  const prune = (value: Value): Value => {
    if (Array.isArray(value)) return value.map(prune);
    return typeof value === "object" && value !== null ? withoutNulls(value) : value;
  };
  const present = Object.entries(properties).filter(([, value]) => value !== null);
  return Object.fromEntries(present.map(([key, value]) => [key, prune(value)]));
}

const architecture = (): string => ({ x64: "amd64", ia32: "386" })[process.arch as string] ?? process.arch;

const platformAdvice = (platform: string): string =>
  `Building your image for ${platform} architecture.\n` +
  "To ensure you are building for the correct platform, consider " +
  "explicitly setting the `platform` field on ImageBuildOptions.";
