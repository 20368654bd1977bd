import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import { listen } from "../../provider/engine/grpc.ts";
import { connect } from "./engine-messages.ts";
import type { Engine } from "./engine-messages.ts";

/** What a plugin is given when it starts. */
export interface Host {
  engine: Engine;
  /** The engine's address, to be passed on to a program. */
  engineAddress: string;
  /** Aborted when the user cancels or the engine goes away: whatever a plugin has started ends with it. */
  cancelled: AbortSignal;
  /** Ends what is under way. */
  cancel: () => void;
}

/**
 * Serves a plugin.
 *
 * The engine's address is the last argument of the command line. The plugin ends on SIGTERM or SIGINT and when its
 * standard input closes, which is how an engine that was killed is noticed.
 */
export async function serve(
  service: ServiceDefinition,
  implement: (host: Host) => UntypedServiceImplementation,
): Promise<void> {
  const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-")) ?? "";
  const controller = new AbortController();
  const cancel = (): void => controller.abort();
  const host: Host = { engine: connect(engineAddress), engineAddress, cancelled: controller.signal, cancel };

  const server = await listen(service, implement(host));

  const end = (): void => {
    cancel();
    server.forceShutdown();
    process.exit();
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  process.stdin.once("end", end).resume();
}
