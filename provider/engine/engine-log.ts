import { credentials } from "@grpc/grpc-js";
import service from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/engine_pb.js";

/** The Pulumi engine that started this provider, as far as words to the user go. */
export interface Engine {
  /** Shows a line beside a resource until the next one replaces it. */
  progress: (urn: string, line: string) => void;
  /** Shows a line below the resource that stays. */
  inform: (urn: string, line: string) => void;
  /** Shows a line below the resource that stays, as a warning. */
  warn: (urn: string, line: string) => void;
}

/** The engine by its gRPC service. Until it is connected nothing is told: it has asked for nothing yet. */
export class EngineLog implements Engine {
  #client: EngineClient | undefined;

  /** @param address host and port, as the engine gives them. */
  connect(address: string): void {
    // gRPC would ask a proxy of the environment even for an engine on this machine.
    const options = { "grpc.enable_http_proxy": 0 };
    this.#client = new service.EngineClient(address, credentials.createInsecure(), options);
  }

  progress(urn: string, line: string): void {
    this.#send(messages.LogSeverity.INFO, urn, line, true);
  }

  inform(urn: string, line: string): void {
    this.#send(messages.LogSeverity.INFO, urn, line, false);
  }

  warn(urn: string, line: string): void {
    this.#send(messages.LogSeverity.WARNING, urn, line, false);
  }

  #send(severity: messages.LogSeverity, urn: string, line: string, ephemeral: boolean): void {
    const request = new messages.LogRequest();
    request.setSeverity(severity);
    request.setUrn(urn);
    request.setMessage(line);
    request.setEphemeral(ephemeral);
    // A lost line must not fail the work that it tells about.
    this.#client?.log(request, () => undefined);
  }
}
