import type { ServerWritableStream, UntypedServiceImplementation } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import messages from "@pulumi/pulumi/proto/language_pb.js";
import type * as Messages from "@pulumi/pulumi/proto/language_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import { installDependencies } from "./install-dependencies.ts";
import { standInNotice } from "../notice.ts";
import { directPackagesOf, packagesOf } from "./program-packages.ts";
import { ProgramFailed, runProgram } from "./program.ts";
import { unary } from "../replies.ts";
import type { Host } from "../serve-plugin.ts";
import { versionOf } from "../plugin-versions.ts";

/** The gRPC methods with which Pulumi's engine runs a Node.js program, as far as this project's program needs them. */
export function languageHost(host: Host): UntypedServiceImplementation {
  const version = versionOf("@pulumi/pulumi");
  return {
    handshake: unary(() => new messages.LanguageHandshakeResponse()),

    getRequiredPackages: unary(async (request: Messages.GetRequiredPackagesRequest) => {
      const response = new messages.GetRequiredPackagesResponse();
      const packages = await directPackagesOf(request.getInfo()?.getProgramDirectory() ?? ".");
      for (const { plugin } of packages) {
        if (!plugin) continue;
        const dependency = new pluginMessages.PackageDependency();
        dependency.setKind("resource");
        dependency.setName(plugin.name);
        dependency.setVersion(plugin.version);
        dependency.setServer(plugin.server);
        response.addPackages(dependency);
      }
      return response;
    }),

    run: unary(async (request: Messages.RunRequest) => {
      await host.engine.log("info", standInNotice("nodejs", version));
      const response = new messages.RunResponse();
      try {
        await runProgram(request, host);
      } catch (error) {
        if (!(error instanceof ProgramFailed)) throw error;
        response.setBail(error.alreadyReported);
        response.setError(error.alreadyReported ? "" : error.message);
      }
      return response;
    }),

    getProgramDependencies: unary(async (request: Messages.GetProgramDependenciesRequest) => {
      const response = new messages.GetProgramDependenciesResponse();
      const packages = await packagesOf(request.getInfo()?.getProgramDirectory() ?? ".");
      for (const { name, version, direct } of packages) {
        if (!direct && !request.getTransitivedependencies()) continue;
        const dependency = new messages.DependencyInfo();
        dependency.setName(name);
        dependency.setVersion(version);
        response.addDependencies(dependency);
      }
      return response;
    }),

    installDependencies: (
      call: ServerWritableStream<Messages.InstallDependenciesRequest, Messages.InstallDependenciesResponse>,
    ) => void installDependencies(call, host.cancelled),

    about: unary(() => {
      const response = new messages.AboutResponse();
      response.setExecutable(process.execPath);
      response.setVersion(process.version);
      response.getMetadataMap().set("language host", standInNotice("nodejs", version));
      return response;
    }),

    getPluginInfo: unary(() => {
      const response = new pluginMessages.PluginInfo();
      response.setVersion(version);
      return response;
    }),

    runtimeOptionsPrompts: unary(() => new messages.RuntimeOptionsResponse()),

    cancel: unary(() => {
      host.cancel();
      return new empty.Empty();
    }),
  };
}
