import type { Socket } from "node:net";
import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import type { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type * as Messages from "@pulumi/pulumi/proto/provider_pb.js";
import { ClusterResource } from "./resources/cluster/cluster.ts";
import { Commands } from "./processes/commands.ts";
import { ControlPlaneResource } from "./resources/cluster/control-plane.ts";
import { CopiedImageResource } from "./resources/images/copied-image.ts";
import type { Door } from "./engine/door.ts";
import { commandOfEngine } from "./engine/engine-command.ts";
import { EngineLog } from "./engine/engine-log.ts";
import { UserError } from "./processes/errors.ts";
import { ExistingClusterResource } from "./resources/cluster/cluster-of-others.ts";
import { serveConnection, unary } from "./engine/grpc.ts";
import { ImagePresenceResource } from "./resources/images/image-presence.ts";
import { LossGuard } from "./data-loss/loss.ts";
import { ManifestsResource } from "./resources/manifests.ts";
import { minikubeHome } from "./cluster/minikube/minikube-home.ts";
import { NamespaceResource } from "./resources/namespace.ts";
import { PushedImageResource } from "./resources/images/pushed-image.ts";
import { changeIn, failure, fromStruct, toStruct } from "./engine/provider-messages.ts";
import { ReleaseLook } from "./diagnosis/release-look.ts";
import { ReleasePresenceResource, releaseInState } from "./resources/release/release-presence.ts";
import type { Resource } from "./resources/resource.ts";
import { RolloutResource } from "./resources/release/rollout.ts";
import { problemsOf, readSchema } from "./schema.ts";
import type { PackageSchema } from "./schema.ts";
import { Starts } from "./resources/cluster/cluster-starts.ts";
import { effectOf } from "./engine/pulumi-commands.ts";
import { WorkersResource } from "./resources/cluster/workers.ts";

/** A resource as the engine sees it: inputs and states are JSON that only the resource itself understands. */
type AnyResource = Resource<object, object, object>;

/**
 * Serves the resources of this provider to the Pulumi engine.
 *
 * Not by the SDK's own server, which brings all of the SDK along: loading that takes several times longer than
 * everything else here.
 * @param args the engine's command line, its address last. Or `--ahead` and the command line of a Pulumi that is yet to
 *   be started: its engine says its address when it connects.
 */
export function serve(door: Door, args: string[]): void {
  const isAhead = args[0] === "--ahead";
  const serveOne = (connection: Socket): void => {
    const cancellation = new AbortController();
    const engine = new EngineLog();
    if (!isAhead) engine.connect(args.findLast((word) => !word.startsWith("-")) ?? "");
    // An engine that does not say what it does is taken to run a program.
    const command = (): string[] => (isAhead ? args.slice(1) : (commandOfEngine(process.ppid) ?? []));
    const methods = methodsOf(engine, () => effectOf(command()) === "destroys", cancellation);
    const end = serveConnection(connection, service.ResourceProviderService, methods);
    connection.once("close", () => {
      cancellation.abort();
      end();
    });
  };
  const close = door.open(serveOne);
  endWithTheEngine(close);
}

/**
 * The gRPC methods with which an engine works on resources. A preview and the update after it are two engines, and what
 * one of them has seen the other must not know.
 * @param isDestroy whether somebody has typed a destroy.
 */
function methodsOf(
  engine: EngineLog,
  isDestroy: () => boolean,
  cancellation: AbortController,
): UntypedServiceImplementation {
  const look = new ReleaseLook();
  const resources = resourcesOf(engine, isDestroy, cancellation.signal, look);
  const of: Of = (urn) => {
    const type = typeOf(urn);
    const resource = resources[type];
    if (resource === undefined) throw new Error(`This provider has no resource ${type}.`);
    return resource;
  };
  return { ...pluginMethods(engine, cancellation), ...lookingMethods(of, look), ...changingMethods(of, look) };
}

/** The resource of a URN. */
type Of = (urn: string) => AnyResource;

function resourcesOf(
  engine: EngineLog,
  isDestroy: () => boolean,
  cancelled: AbortSignal,
  look: ReleaseLook,
): Record<string, AnyResource> {
  const commands = new Commands(process.env, cancelled);
  const starts = new Starts(engine);
  const guard = new LossGuard(engine, process.env, isDestroy);
  return {
    "minikube:index:Cluster": new ClusterResource(commands, engine, process.env, starts, guard),
    "minikube:index:ControlPlane": new ControlPlaneResource(commands, engine, starts),
    "minikube:index:CopiedImage": new CopiedImageResource(commands, engine),
    "minikube:index:ExistingCluster": new ExistingClusterResource(engine),
    "minikube:index:ImagePresence": new ImagePresenceResource(engine, process.env),
    "minikube:index:Manifests": new ManifestsResource(commands, engine),
    "minikube:index:Namespace": new NamespaceResource(commands, engine, guard, minikubeHome(process.env), process.env),
    "minikube:index:PushedImage": new PushedImageResource(commands, engine),
    "minikube:index:ReleasePresence": new ReleasePresenceResource(engine, process.env, commands, look),
    "minikube:index:Rollout": new RolloutResource(commands, engine),
    "minikube:index:Workers": new WorkersResource(commands, engine),
  };
}

/** The methods that concern no single resource. */
const pluginMethods = (engine: EngineLog, cancellation: AbortController): UntypedServiceImplementation => ({
  getPluginInfo: unary(() => {
    const response = new pluginMessages.PluginInfo();
    response.setVersion("1.0.0");
    return response;
  }),
  attach: unary((request: PluginAttach) => {
    engine.connect(request.getAddress());
    return new empty.Empty();
  }),
  configure: unary(() => {
    const response = new messages.ConfigureResponse();
    response.setAcceptsecrets(true);
    return response;
  }),
  getSchema: unary(() => {
    const response = new messages.GetSchemaResponse();
    response.setSchema(readSchema());
    return response;
  }),
  cancel: unary(() => {
    cancellation.abort();
    return new empty.Empty();
  }),
});

/** The methods that change nothing. */
const lookingMethods = (of: Of, look: ReleaseLook): UntypedServiceImplementation => {
  const schema = JSON.parse(readSchema()) as PackageSchema;
  return {
    check: method(async (request: Messages.CheckRequest) => {
      const response = new messages.CheckResponse();
      const [urn, olds, news] = changeIn(request);
      const problems = problemsOf(schema, typeOf(urn), news);
      if (problems.length > 0) {
        response.setFailuresList(problems.map(([property, reason]) => failure(property, reason)));
        return response;
      }
      response.setInputs(toStruct(await of(urn).check(urn, olds, news)));
      return response;
    }),
    diff: method(async (request: Messages.DiffRequest) => {
      const response = new messages.DiffResponse();
      const [urn, olds, news] = changeIn(request);
      const { changes, replaces = [] } = await of(urn).diff(urn, olds, news);
      // It is there, and this stack's own: its release can be looked at while the engine starts other plugins.
      if (!changes && clusters.has(typeOf(urn))) look.begin(Promise.resolve(releaseInState(urn, process.env)));
      const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
      response.setChanges(changes ? DIFF_SOME : DIFF_NONE);
      response.setReplacesList(replaces);
      response.setDeletebeforereplace(true);
      return response;
    }),
    read: method(async (request: Messages.ReadRequest) => {
      const response = new messages.ReadResponse();
      const known = fromStruct(request.getProperties());
      if (Object.keys(known).length === 0) throw notImported(typeOf(request.getUrn()), request.getId());
      const state = await of(request.getUrn()).read(request.getUrn(), known);
      if (state === undefined) return response;
      response.setId(request.getId());
      response.setProperties(toStruct(state));
      return response;
    }),
  };
};

/** The methods that change what there is: what was seen of the release before says nothing afterwards. */
const changingMethods = (of: Of, look: ReleaseLook): UntypedServiceImplementation => {
  const changing = <Request, Response>(answer: (request: Request) => Promise<Response>) =>
    method((request: Request) => {
      look.forget();
      return answer(request);
    });
  return {
    create: changing(async (request: Messages.CreateRequest) => {
      const response = new messages.CreateResponse();
      const { id, state } = await of(request.getUrn()).create(request.getUrn(), fromStruct(request.getProperties()));
      response.setId(id);
      response.setProperties(toStruct(state));
      return response;
    }),
    update: changing(async (request: Messages.UpdateRequest) => {
      const response = new messages.UpdateResponse();
      const [urn, olds, news] = changeIn(request);
      response.setProperties(toStruct(await of(urn).update(urn, olds, news)));
      return response;
    }),
    delete: changing(async (request: Messages.DeleteRequest) => {
      await of(request.getUrn()).delete(request.getUrn(), fromStruct(request.getProperties()));
      return new empty.Empty();
    }),
  };
};

const clusters = new Set(["minikube:index:Cluster", "minikube:index:ExistingCluster"]);

const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";

/** `pulumi import` knows a name, and nothing of what belongs to the resource. */
const notImported = (type: string, id: string): UserError =>
  new UserError(
    `${type} ${id} cannot be imported: its name does not say how it was made.`,
    "Write it in the program, then: npx pulumi up. That takes over what this stack has made, and leaves alone what others have made.",
  );

/** A gRPC method; of a fault in this program it shows where that is. */
const method = <Request, Response>(answer: (request: Request) => Promise<Response>) =>
  unary(async (request: Request) => {
    try {
      return await answer(request);
    } catch (error) {
      if (!(error instanceof UserError)) console.error(error);
      throw error;
    }
  });

/** An engine that was killed cannot cancel, but it lets go of our standard input. */
function endWithTheEngine(close: () => void): void {
  process.stdin.resume();
  process.stdin.on("close", () => {
    close();
    process.exitCode = 1;
    // What still runs is given a second. Where nothing does, the process ends at once.
    setTimeout(() => process.exit(), 1_000).unref();
  });
}
