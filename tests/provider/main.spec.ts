import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import grpc, { credentials } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import { execa } from "execa";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { unary } from "../../provider/engine/grpc.ts";
import { readSchema } from "../../provider/schema.ts";
import type { PackageSchema } from "../../provider/schema.ts";
import { FakeMachine } from "./fake-machine.ts";

const schema = JSON.parse(readSchema()) as PackageSchema;

type Done<Response> = (error: ServiceError | null, response: Response) => void;

/** What a gRPC method answers. */
function answer<Response>(call: (done: Done<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) =>
    call((error, response) => {
      if (error) reject(error);
      else resolve(response);
    }),
  );
}

/** The provider as the engine starts it, over gRPC. */
describe("the provider", () => {
  let machine: FakeMachine;
  let provider: ChildProcess;
  let printed: string;
  let client: InstanceType<typeof service.ResourceProviderClient>;

  beforeEach(async () => {
    machine = await FakeMachine.create();
    await start("--logtostderr", "-v=1", "127.0.0.1:1");
  });

  async function start(...args: string[]): Promise<void> {
    provider = spawn("provider/pulumi-resource-minikube", args, {
      env: { ...process.env, PATH: `${machine.folder}:${process.env["PATH"] ?? ""}`, MINIKUBE_HOME: machine.folder },
      stdio: ["pipe", "pipe", "pipe"],
    });
    printed = "";
    provider.stderr?.on("data", (text) => (printed += String(text)));
    assert.ok(provider.stdout);
    const [port] = (await once(createInterface(provider.stdout), "line")) as [string];
    client = new service.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  async function stop(): Promise<void> {
    client.close();
    if (provider.exitCode !== null) return;
    provider.kill();
    await once(provider, "exit");
  }

  afterEach(async () => {
    await stop();
    await machine.restore();
  });

  const struct = (values: object): InstanceType<typeof structs.Struct> =>
    structs.Struct.fromJavaScript(JSON.parse(JSON.stringify(values)) as Record<string, structs.JavaScriptValue>);

  /** Calls a method of the provider. */
  async function create(type = "minikube:index:Cluster"): Promise<InstanceType<typeof messages.CreateResponse>> {
    const request = new messages.CreateRequest();
    request.setUrn(machine.urn.replace("minikube:index:Cluster", `parent$${type}`));
    request.setProperties(struct(await machine.checked()));
    return await answer((done) => client.create(request, done));
  }

  /** Only a first start that has come to its end leaves something to lose, and it goes on after the answer. */
  async function createWhole(): Promise<InstanceType<typeof messages.CreateResponse>> {
    const created = await create();
    const mark = join(machine.profile("todo"), "todo-stack.json");
    while (!readFileSync(mark, "utf8").includes('"made"')) await sleep(50);
    return created;
  }

  /** What a program says that makes a cluster, in a preview. */
  const inPreview = (state: object): object => {
    const contents = { selector: "", container: "", command: [], backups: { folder: "", prefix: "" } };
    const said = Object.entries(state).filter(
      ([name]) => name in (schema.resources["minikube:index:Cluster"]?.inputProperties ?? {}),
    );
    return { ...Object.fromEntries(said), holder: { isPreview: true, contents } };
  };

  async function problemsWith(news: object): Promise<string[]> {
    const check = new messages.CheckRequest();
    check.setUrn(machine.urn);
    check.setNews(struct(news));
    const response: InstanceType<typeof messages.CheckResponse> = await answer((done) => client.check(check, done));
    return response.getFailuresList().map((each) => each.getReason());
  }

  it("refuses inputs that its schema does not have, before anything is asked", async () => {
    const news = inPreview(await machine.checked());
    assert.deepEqual(await problemsWith(news), []);
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    assert.deepEqual(await problemsWith({ ...news, cpus: unknown }), [], "what a preview does not know yet");
    assert.deepEqual(await problemsWith({ ...news, cpus: "four", ports: ["1", 2], profile: undefined }), [
      "profile is missing",
      "cpus must be a whole number",
      "ports[1] must be a text",
    ]);
    const [reason] = await problemsWith({ ...news, cpu: 4 });
    assert.match(reason ?? "", /^cpu is not an input; the inputs are: containerRuntime, cpus, /);
  });

  it("serves its schema, for pulumi package add", async () => {
    const served: InstanceType<typeof messages.GetSchemaResponse> = await answer((done) =>
      client.getSchema(new messages.GetSchemaRequest(), done),
    );
    assert.deepEqual(JSON.parse(served.getSchema()), schema);
  });

  it("imports nothing, and says what to type", async () => {
    const read = new messages.ReadRequest();
    read.setId("todo");
    read.setUrn(machine.urn);
    await assert.rejects(
      answer((done) => client.read(read, done)),
      /minikube:index:Cluster todo cannot be imported: .+Write it in the program, then: npx pulumi up/s,
    );
  });

  it("creates, reads, compares and deletes", async () => {
    const created = await createWhole();
    assert.equal(created.getId(), "todo");
    const state = created.getProperties();

    const other = { ...state?.toJavaScript(), cpus: 3 };
    const diff = new messages.DiffRequest();
    diff.setUrn(machine.urn);
    diff.setOlds(state);
    diff.setNews(struct(other));
    const compare = (): Promise<InstanceType<typeof messages.DiffResponse>> =>
      answer((done) => client.diff(diff, done));
    await assert.rejects(
      compare(),
      /To lose them, set TODO_STACK_LOSE=cluster\/todo\//,
      "nobody has agreed to the loss",
    );

    const check = new messages.CheckRequest();
    check.setUrn(machine.urn);
    check.setOlds(state);
    check.setNews(struct(inPreview(other)));
    await answer((done) => client.check(check, done));
    const difference = await compare();
    assert.deepEqual(difference.getReplacesList(), ["cpus"]);
    assert.equal(difference.getDeletebeforereplace(), true, "two clusters of one name cannot live side by side");

    const read = new messages.ReadRequest();
    read.setId("todo");
    read.setUrn(machine.urn);
    read.setProperties(state);
    assert.equal(
      (await answer<InstanceType<typeof messages.ReadResponse>>((done) => client.read(read, done))).getId(),
      "todo",
    );

    const deletion = new messages.DeleteRequest();
    deletion.setId("todo");
    deletion.setUrn(machine.urn);
    deletion.setProperties(state);
    await answer((done) => client.delete(deletion, done));
    assert.equal(
      (await answer<InstanceType<typeof messages.ReadResponse>>((done) => client.read(read, done))).getId(),
      "",
      "an empty id says that it is gone",
    );
  });

  it("answers with the message for the user, and prints no stack", async () => {
    await machine.stopDocker();
    await assert.rejects(create(), (error: ServiceError) => {
      assert.match(error.details, /^Docker does not answer/);
      return true;
    });
    const state = { ...(await machine.checked()), dockerHost: "" };
    const check = new messages.CheckRequest();
    check.setUrn(machine.urn);
    check.setOlds(struct(state));
    check.setNews(struct(inPreview(state)));
    await answer((done) => client.check(check, done));
    const deletion = new messages.DeleteRequest();
    deletion.setUrn(machine.urn);
    deletion.setProperties(struct(state));
    await assert.rejects(
      answer((done) => client.delete(deletion, done)),
      /Docker does not answer/,
    );
    assert.equal(printed, "");
  });

  it("takes no deletion for a destroy that nobody has typed, and names the agreement", async () => {
    const created = await createWhole();
    const deletion = new messages.DeleteRequest();
    deletion.setId("todo");
    deletion.setUrn(machine.urn);
    deletion.setProperties(created.getProperties());
    await assert.rejects(
      answer((done) => client.delete(deletion, done)),
      /does not register the cluster todo any more.*TODO_STACK_LOSE=cluster\/todo\//s,
    );
    assert.ok(machine.has("container-todo"));
  });

  it("names a resource type that it does not know", async () => {
    await assert.rejects(create("minikube:index:Kettle"), /has no resource minikube:index:Kettle/);
  });

  it("ends Minikube when the engine cancels", async () => {
    await machine.file("start-hangs");
    const creation = assert.rejects(create(), /cancelled/);
    while (!machine.has("started")) await new Promise((resolve) => setTimeout(resolve, 20));
    await answer((done) => client.cancel(new empty.Empty(), done));
    await creation;
  });

  it("ends with an engine that was killed, and ends Minikube with it", async () => {
    await machine.file("start-hangs");
    const creation = assert.rejects(create());
    while (!machine.has("started")) await new Promise((resolve) => setTimeout(resolve, 20));
    provider.stdin?.end();
    await Promise.all([once(provider, "exit"), creation]);
  });

  it("loads nothing of Kubernetes' client, which takes longer than all the rest", async () => {
    const look = `
      import module from "node:module";
      const loaded = [];
      module.registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
      await import("./provider/main.ts");
      console.log(loaded.length > 50, loaded.filter((url) => url.includes("@kubernetes")).length);`;
    const { stdout } = await execa(process.execPath, ["--input-type=module", "--eval", look]);
    assert.equal(stdout, "true 0");
  });

  describe("started ahead of the engine", () => {
    let engine: grpc.Server;
    let told: string[];

    const startAhead = async (...command: string[]): Promise<void> => {
      await stop();
      await start("--ahead", ...command);
      told = [];
      engine = new grpc.Server();
      engine.addService(engineService.EngineService, {
        log: unary((request: LogRequest) => {
          told.push(request.getMessage());
          return new empty.Empty();
        }),
      });
      const bind = (done: Done<number>): void =>
        engine.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), done as () => void);
      const request = new pluginMessages.PluginAttach();
      request.setAddress(`127.0.0.1:${await answer(bind)}`);
      await answer((done) => client.attach(request, done));
    };

    afterEach(() => engine.forceShutdown());

    const remove = async (created: InstanceType<typeof messages.CreateResponse>): Promise<void> => {
      const deletion = new messages.DeleteRequest();
      deletion.setId("todo");
      deletion.setUrn(machine.urn);
      deletion.setProperties(created.getProperties());
      await answer((done) => client.delete(deletion, done));
    };

    it("tells the engine that has connected to it", async () => {
      await startAhead("up", "--yes");
      await createWhole();
      assert.ok(told.length > 0, "nothing was told");
    });

    it("takes a deletion of a destroy that somebody has typed", async () => {
      await startAhead("destroy", "--yes");
      await remove(await createWhole());
      assert.ok(!machine.has("container-todo"));
    });

    it("knows nothing of what another engine has seen, as the preview before an update", async () => {
      await startAhead("up", "--yes");
      const created = (await createWhole()).getProperties()?.toJavaScript() as { instance: string };
      const check = new messages.CheckRequest();
      check.setUrn(machine.urn);
      check.setNews(struct(inPreview(created)));
      const instance = async (by: typeof client): Promise<unknown> => {
        const checked: InstanceType<typeof messages.CheckResponse> = await answer((done) => by.check(check, done));
        return checked.getInputs()?.toJavaScript()["instance"];
      };
      // One that looks for a new cluster twice replaces the old one; one that looks once takes it over.
      for (let engines = 0; engines < 2; engines += 1) {
        const options = { "grpc.use_local_subchannel_pool": 1 };
        const address = client.getChannel().getTarget().replace(/^dns:/, "");
        const other = new service.ResourceProviderClient(address, credentials.createInsecure(), options);
        assert.equal(await instance(other), created.instance);
        assert.notEqual(await instance(other), created.instance);
        other.close();
      }
    });

    it("takes no other deletion", async () => {
      await startAhead("up", "--yes");
      await assert.rejects(remove(await createWhole()), /TODO_STACK_LOSE=cluster\/todo\//);
      assert.ok(machine.has("container-todo"));
    });
  });
});
