import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type * as Messages from "@pulumi/pulumi/proto/provider_pb.js";
import { unary } from "../../../provider/engine/grpc.ts";
import { fromStruct, toStruct } from "../../../offline/stand-ins/properties.ts";
import type { Properties } from "../../../offline/stand-ins/properties.ts";

/** What a plugin says to one call: its answer, or the message of its error. */
export type Answer = Properties | { error: string };

type Call<Request, Response> = (
  request: Request,
  reply: (error: ServiceError | null, response: Response) => void,
) => unknown;

/** A plugin of Pulumi that runs, official or not, and an engine that takes its messages. */
export class PluginProcess {
  readonly #process: ChildProcess;
  readonly #engine: Server;
  readonly #client: ResourceProviderClient;
  readonly #name: string;

  private constructor(name: string, process: ChildProcess, engine: Server, client: ResourceProviderClient) {
    this.#name = name;
    this.#process = process;
    this.#engine = engine;
    this.#client = client;
  }

  /**
   * Starts a plugin.
   * @param name its package: `docker`.
   * @param command the executable and its arguments.
   * @param cwd the folder of the project.
   */
  static async start(
    name: string,
    [file = "", ...args]: string[],
    cwd: string,
    env: NodeJS.ProcessEnv,
  ): Promise<PluginProcess> {
    const engine = new Server();
    engine.addService(engineService.EngineService, { log: unary(() => new empty.Empty()) });
    const port = await new Promise<number>((resolve, reject) =>
      engine.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const plugin = spawn(file, [...args, `127.0.0.1:${port}`], { cwd, env, stdio: ["pipe", "pipe", "inherit"] });
    const [line] = (await once(plugin.stdout, "data")) as [Buffer];
    const address = `127.0.0.1:${String(line).trim()}`;
    return new PluginProcess(
      name,
      plugin,
      engine,
      new service.ResourceProviderClient(address, credentials.createInsecure()),
    );
  }

  async stop(): Promise<void> {
    this.#client.close();
    const end = once(this.#process, "exit");
    this.#process.stdin?.end();
    this.#process.kill();
    await end;
    this.#engine.forceShutdown();
  }

  configure(settings: Record<string, string>): Promise<Answer> {
    const request = new messages.ConfigureRequest();
    for (const [key, value] of Object.entries(settings))
      request.getVariablesMap().set(`${this.#name}:config:${key}`, value);
    request.setArgs(toStruct(settings));
    request.setAcceptsecrets(true);
    return this.#ask<Messages.ConfigureRequest, Messages.ConfigureResponse>(
      (...call) => this.#client.configure(...call),
      request,
      (response) => ({
        acceptsSecrets: response.getAcceptsecrets(),
        previews: response.getSupportspreview(),
      }),
    );
  }

  diffConfig(olds: Properties, news: Properties): Promise<Answer> {
    const request = new messages.DiffRequest();
    request.setUrn(`urn:pulumi:dev::p::pulumi:providers:${this.#name}::name`);
    request.setOlds(toStruct(olds));
    request.setNews(toStruct(news));
    return this.#ask<Messages.DiffRequest, Messages.DiffResponse>(
      (...call) => this.#client.diffConfig(...call),
      request,
      differenceIn,
    );
  }

  /** Answers the checked inputs, or the properties that are at fault. */
  check(token: string, news: Properties, olds: Properties = {}): Promise<Answer> {
    const request = new messages.CheckRequest();
    request.setUrn(urnOf(token));
    request.setOlds(toStruct(olds));
    request.setNews(toStruct(news));
    request.setRandomseed(Buffer.alloc(32));
    return this.#ask<Messages.CheckRequest, Messages.CheckResponse>(
      (...call) => this.#client.check(...call),
      request,
      (response) => {
        const faults = response.getFailuresList().map((failure) => failure.getProperty());
        return faults.length > 0 ? { faults } : fromStruct(response.getInputs());
      },
    );
  }

  diff(token: string, state: Properties, news: Properties, olds: Properties = {}): Promise<Answer> {
    const request = new messages.DiffRequest();
    request.setUrn(urnOf(token));
    request.setId("id");
    request.setOlds(toStruct(state));
    request.setOldInputs(toStruct(olds));
    request.setNews(toStruct(news));
    return this.#ask<Messages.DiffRequest, Messages.DiffResponse>(
      (...call) => this.#client.diff(...call),
      request,
      differenceIn,
    );
  }

  create(token: string, inputs: Properties, preview = false): Promise<Answer> {
    const request = new messages.CreateRequest();
    request.setUrn(urnOf(token));
    request.setProperties(toStruct(inputs));
    request.setPreview(preview);
    return this.#ask<Messages.CreateRequest, Messages.CreateResponse>(
      (...call) => this.#client.create(...call),
      request,
      (response) => ({ id: response.getId(), state: fromStruct(response.getProperties()) }),
    );
  }

  update(token: string, state: Properties, news: Properties, preview = false): Promise<Answer> {
    const request = new messages.UpdateRequest();
    request.setUrn(urnOf(token));
    request.setId("id");
    request.setOlds(toStruct(state));
    request.setNews(toStruct(news));
    request.setPreview(preview);
    return this.#ask<Messages.UpdateRequest, Messages.UpdateResponse>(
      (...call) => this.#client.update(...call),
      request,
      (response) => fromStruct(response.getProperties()),
    );
  }

  read(token: string, id: string, state: Properties, inputs: Properties): Promise<Answer> {
    const request = new messages.ReadRequest();
    request.setUrn(urnOf(token));
    request.setId(id);
    request.setProperties(toStruct(state));
    request.setInputs(toStruct(inputs));
    return this.#ask<Messages.ReadRequest, Messages.ReadResponse>(
      (...call) => this.#client.read(...call),
      request,
      (response) => ({
        id: response.getId(),
        state: fromStruct(response.getProperties()),
        inputs: fromStruct(response.getInputs()),
      }),
    );
  }

  delete(token: string, id: string, state: Properties): Promise<Answer> {
    const request = new messages.DeleteRequest();
    request.setUrn(urnOf(token));
    request.setId(id);
    request.setProperties(toStruct(state));
    return this.#ask<Messages.DeleteRequest, object>(
      (...call) => this.#client.delete(...call),
      request,
      () => ({}),
    );
  }

  cancel(): Promise<Answer> {
    return this.#ask<InstanceType<typeof empty.Empty>, object>(
      (...call) => this.#client.cancel(...call),
      new empty.Empty(),
      () => ({}),
    );
  }

  #ask<Request, Response>(
    call: Call<Request, Response>,
    request: Request,
    read: (response: Response) => Properties,
  ): Promise<Answer> {
    return new Promise((resolve) => {
      call(request, (error, response) => resolve(error ? { error: error.details } : read(response)));
    });
  }
}

const urnOf = (token: string): string => `urn:pulumi:dev::p::${token}::name`;

/** Which inputs change, and which of them replace. An official plugin that names no input leaves that to the engine. */
function differenceIn(response: Messages.DiffResponse): Properties {
  const { DIFF_SOME } = messages.DiffResponse.DiffChanges;
  return {
    changes: response.getChanges() === DIFF_SOME,
    replaces: [...new Set(response.getReplacesList())].toSorted(),
  };
}
