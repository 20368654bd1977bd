import assert from "node:assert/strict";
import { credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import errors from "@pulumi/pulumi/proto/status_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type * as Messages from "@pulumi/pulumi/proto/provider_pb.js";
import { fromStruct, toStruct } from "../../../offline/stand-ins/properties.ts";
import { implement } from "../../../offline/stand-ins/plugin.ts";
import { NotReady } from "../../../offline/stand-ins/resource-type.ts";
import type { Resource } from "../../../offline/stand-ins/resource-type.ts";
import { recordingEngine } from "./recording-engine.ts";
import type { RecordingEngine } from "./recording-engine.ts";

const urnOf = (token: string): string => `urn:pulumi:dev::project::parent:index:Parent$${token}::name`;
const thing: Resource = {
  check: (_urn, _olds, news) => Promise.resolve({ inputs: news }),
  diff: () => ({ changes: {}, replaces: [] }),
  create: (_urn, inputs) => Promise.resolve({ id: "thing", state: inputs }),
  read: (_urn, id, state, inputs) => Promise.resolve({ id, state, inputs }),
  update: (_urn, _state, inputs) => Promise.resolve(inputs),
  delete: () => Promise.resolve(),
};
const broken: Resource = {
  ...thing,
  diff: () => ({ changes: { "a.b": "update", "a.c": "add", d: "delete" }, replaces: ["d"], deleteBeforeReplace: true }),
  create: () => Promise.reject(new NotReady("not healthy", "the-id", { kept: true })),
};

describe("stand-ins: the resource protocol", () => {
  let server: Server;
  let client: ResourceProviderClient;
  let engine: RecordingEngine;
  let controller: AbortController;

  beforeEach(async () => {
    engine = recordingEngine();
    controller = new AbortController();
    const host = { engine, engineAddress: "", cancelled: controller.signal, cancel: () => controller.abort() };
    server = new Server();
    server.addService(
      service.ResourceProviderService,
      implement(
        {
          name: "demo",
          version: "1.2.3",
          acceptSecrets: true,
          resources: { "demo:index:Thing": thing, "demo:index:Broken": broken },
          configure: ({ wrong }) => (wrong ? Promise.reject(new Error(`${wrong} is wrong`)) : Promise.resolve()),
          diffConfig: () => ({ changes: {} }),
        },
        host,
      ),
    );
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    client = new service.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  });
  afterEach(() => {
    client.close();
    server.forceShutdown();
  });

  const configure = (settings: Record<string, string>): Promise<Messages.ConfigureResponse> => {
    const request = new messages.ConfigureRequest();
    for (const [key, value] of Object.entries(settings)) request.getVariablesMap().set(key, value);
    return new Promise((resolve, reject) =>
      client.configure(request, (error, response) => (error ? reject(error) : resolve(response))),
    );
  };
  const create = (token: string): Promise<Messages.CreateResponse> => {
    const request = new messages.CreateRequest();
    request.setUrn(urnOf(token));
    request.setProperties(toStruct({ length: 4 }));
    return new Promise((resolve, reject) =>
      client.create(request, (error, response) => (error ? reject(error) : resolve(response))),
    );
  };

  it("says once in an operation what the plugin is", async () => {
    await configure({});
    await configure({});
    assert.deepEqual(engine.messages, [
      {
        severity: "info",
        message: "demo: stand-in for the official plugin 1.2.3, for machines that cannot download it",
        urn: undefined,
      },
    ]);
  });

  it("supports previews and takes secrets as the official plugin does", async () => {
    const response = await configure({});
    assert.deepEqual([response.getSupportspreview(), response.getAcceptsecrets()], [true, true]);
  });

  it("passes on why a provider cannot be configured", async () => {
    await assert.rejects(configure({ "demo:config:wrong": "host" }), /host is wrong/);
  });

  it("finds the resource type in the URN of a child", async () => {
    const response = await create("demo:index:Thing");
    assert.equal(fromStruct(response.getProperties())["length"], 4);
  });

  it("refuses other resource types by name", async () => {
    const message = /stand-in for the demo plugin knows demo:index:Thing, demo:index:Broken, not demo:index:Other/;
    await assert.rejects(create("demo:index:Other"), message);
  });

  it("tells the state of what was made but is not ready", async () => {
    const error = await create("demo:index:Broken").then(
      () => assert.fail("it succeeded"),
      (reason: unknown) => reason as ServiceError,
    );
    const [details] = error.metadata.get("grpc-status-details-bin");
    const packed = errors.Status.deserializeBinary(Buffer.from(details ?? "")).getDetailsList()[0];
    assert.equal(packed?.getTypeName(), "pulumirpc.ErrorResourceInitFailed");
    const failure = messages.ErrorResourceInitFailed.deserializeBinary(packed.getValue_asU8());
    assert.deepEqual(
      [failure.getId(), fromStruct(failure.getProperties()), failure.getReasonsList()],
      ["the-id", { kept: true }, ["not healthy"]],
    );
  });

  it("tells of each change what it is and whether it replaces", async () => {
    const request = new messages.DiffRequest();
    request.setUrn(urnOf("demo:index:Broken"));
    const response = await new Promise<Messages.DiffResponse>((resolve, reject) =>
      client.diff(request, (error, answer) => (error ? reject(error) : resolve(answer))),
    );
    const { Kind } = messages.PropertyDiff;
    const kinds = [...response.getDetaileddiffMap().entries()] as [string, Messages.PropertyDiff][];
    assert.deepEqual(
      kinds.map(([path, diff]) => [path, diff.getKind()]),
      [
        ["a.b", Kind.UPDATE],
        ["a.c", Kind.ADD],
        ["d", Kind.DELETE_REPLACE],
      ],
    );
    assert.deepEqual([response.getDiffsList(), response.getReplacesList()], [["a", "d"], ["d"]]);
    assert.equal(response.getDeletebeforereplace(), true);
  });

  it("ends what is under way when the user cancels", async () => {
    await new Promise<void>((resolve) => client.cancel(new empty.Empty(), () => resolve()));
    assert.equal(controller.signal.aborted, true);
  });
});
