import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type * as Messages from "@pulumi/pulumi/proto/provider_pb.js";
import { standInNotice } from "./notice.ts";
import { fromStruct, toStruct } from "./properties.ts";
import { checkResponse, diffResponse, unary } from "./replies.ts";
import type { Plugin, Resource } from "./resource-type.ts";
import { serve } from "./serve-plugin.ts";
import type { Host } from "./serve-plugin.ts";

/** Serves a plugin to the engine that started this process. */
export const servePlugin = (makePlugin: (host: Host) => Plugin): Promise<void> =>
  serve(service.ResourceProviderService, (host) => implement(makePlugin(host), host));

/** The gRPC methods of a plugin. */
export const implement = (plugin: Plugin, host: Host): UntypedServiceImplementation => ({
  ...pluginMethods(plugin, host),
  ...resourceMethods(plugin),
});

/** The methods that concern no single resource. */
function pluginMethods(plugin: Plugin, host: Host): UntypedServiceImplementation {
  let announced = false;
  const announce = async (): Promise<void> => {
    if (announced) return;
    announced = true;
    await host.engine.log("info", standInNotice(plugin.name, plugin.version));
  };
  return {
    checkConfig: unary(async (request: Messages.CheckRequest) => {
      await announce();
      return checkResponse({ inputs: fromStruct(request.getNews()) });
    }),
    diffConfig: unary((request: Messages.DiffRequest) =>
      diffResponse(plugin.diffConfig(fromStruct(request.getOlds()), fromStruct(request.getNews()))),
    ),
    configure: unary(async (request: Messages.ConfigureRequest) => {
      await announce();
      const prefix = `${plugin.name}:config:`;
      const settings = request.getVariablesMap().toArray();
      await plugin.configure(Object.fromEntries(settings.map(([key, value]) => [key.replace(prefix, ""), value])));
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(plugin.acceptSecrets);
      response.setSupportspreview(true);
      return response;
    }),
    getPluginInfo: unary(() => {
      const response = new pluginMessages.PluginInfo();
      response.setVersion(plugin.version);
      return response;
    }),
    attach: unary(() => new empty.Empty()),
    cancel: unary(() => {
      host.cancel();
      return new empty.Empty();
    }),
  };
}

function resourceMethods(plugin: Plugin): UntypedServiceImplementation {
  const resourceOf = (urn: string): Resource => {
    const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const resource = plugin.resources[token];
    if (resource) return resource;
    const known = Object.keys(plugin.resources).join(", ");
    throw new Error(`the stand-in for the ${plugin.name} plugin knows ${known}, not ${token}`);
  };
  return {
    check: unary(async (request: Messages.CheckRequest) => {
      const urn = request.getUrn();
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      return checkResponse(await resourceOf(urn).check(urn, olds, news));
    }),
    diff: unary((request: Messages.DiffRequest) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      return diffResponse(resourceOf(request.getUrn()).diff(olds, news));
    }),
    create: unary(async (request: Messages.CreateRequest) => {
      const urn = request.getUrn();
      const inputs = fromStruct(request.getProperties());
      const created = await resourceOf(urn).create(urn, inputs, request.getPreview(), request.getTimeout());
      const response = new messages.CreateResponse();
      response.setId(created.id);
      response.setProperties(toStruct(created.state));
      return response;
    }),
    read: unary(async (request: Messages.ReadRequest) => {
      const urn = request.getUrn();
      const [state, inputs] = [fromStruct(request.getProperties()), fromStruct(request.getInputs())];
      const found = await resourceOf(urn).read(urn, request.getId(), state, inputs);
      const response = new messages.ReadResponse();
      if (!found) return response;
      response.setId(found.id);
      response.setProperties(toStruct(found.state));
      response.setInputs(toStruct(found.inputs));
      return response;
    }),
    update: unary(async (request: Messages.UpdateRequest) => {
      const urn = request.getUrn();
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const state = await resourceOf(urn).update(urn, olds, news, request.getPreview());
      const response = new messages.UpdateResponse();
      response.setProperties(toStruct(state));
      return response;
    }),
    delete: unary(async (request: Messages.DeleteRequest) => {
      const urn = request.getUrn();
      await resourceOf(urn).delete(urn, request.getId(), fromStruct(request.getProperties()), request.getTimeout());
      return new empty.Empty();
    }),
  };
}
