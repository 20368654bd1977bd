import { credentials } from "@grpc/grpc-js";
import service from "@pulumi/pulumi/proto/engine_grpc_pb.js";
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

/**
 * Connects to the engine.
 * @param address host and port, as the engine gives them on the command line.
 */
export function connect(address: string): Engine {
  // gRPC would ask a proxy of the environment even for an engine on this machine.
  const options = { "grpc.enable_http_proxy": 0 };
  const client = new service.EngineClient(address, credentials.createInsecure(), options);
  const { INFO, WARNING } = messages.LogSeverity;
  const send = (severity: messages.LogSeverity, urn: string, line: string, ephemeral: boolean): void => {
    const request = new messages.LogRequest();
    request.setSeverity(severity);
    request.setUrn(urn);
    request.setMessage(line);
    request.setEphemeral(ephemeral);
    // A lost line must not fail the work that it tells about.
    client.log(request, () => undefined);
  };
  return {
    progress: (urn, line) => send(INFO, urn, line, true),
    inform: (urn, line) => send(INFO, urn, line, false),
    warn: (urn, line) => send(WARNING, urn, line, false),
  };
}
