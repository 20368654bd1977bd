import { credentials } from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/engine_pb.js";

/** How much a message matters. */
export type Severity = "info" | "warning" | "error";

const severities = {
  info: messages.LogSeverity.INFO,
  warning: messages.LogSeverity.WARNING,
  error: messages.LogSeverity.ERROR,
};

/** The engine that started this plugin, as far as messages to the user go. */
export interface Engine {
  /**
   * Shows a message in Pulumi's output.
   * @param urn the resource it belongs to; the whole operation when left out.
   */
  log(severity: Severity, message: string, urn?: string): Promise<void>;
  /** Shows a line of progress beside a resource until the next one replaces it. */
  progress(message: string, urn: string): void;
}

/** Connects to the engine; messages go nowhere without an address, as when a plugin is started by hand. */
export function connect(address: string | undefined): Engine {
  if (!address) return { log: () => Promise.resolve(), progress: () => undefined };
  // gRPC would ask a proxy of the environment even for an engine on this machine.
  const options = { "grpc.enable_http_proxy": 0 };
  const client = new engineService.EngineClient(address, credentials.createInsecure(), options);
  const send = (severity: Severity, message: string, urn: string | undefined, ephemeral: boolean): Promise<void> => {
    const request = new messages.LogRequest();
    request.setSeverity(severities[severity]);
    request.setMessage(message);
    request.setUrn(urn ?? "");
    request.setEphemeral(ephemeral);
    // A message that is lost must not fail the operation it tells about.
    return new Promise((resolve) => client.log(request, () => resolve()));
  };
  return {
    log: (severity, message, urn) => send(severity, message, urn, false),
    progress: (message, urn) => void send("info", message, urn, true),
  };
}
