import type { Socket } from "node:net";
import grpc from "@grpc/grpc-js";
import type { handleUnaryCall, ServiceDefinition, ServiceError, UntypedServiceImplementation } from "@grpc/grpc-js";
import { messageOf } from "../processes/errors.ts";

/** The most that a message may have, in bytes. Fixed by the engine. */
const limit = 400 * 1024 * 1024;

/** Serves gRPC methods to who has opened a connection. @returns what ends that. */
export function serveConnection(
  connection: Socket,
  service: ServiceDefinition,
  methods: UntypedServiceImplementation,
): () => void {
  const server = serverOf(service, methods);
  server.createConnectionInjector(grpc.ServerCredentials.createInsecure()).injectConnection(connection);
  return () => server.forceShutdown();
}

/**
 * Serves gRPC methods on a free port of the loopback interface, and prints the port, as the engine expects of a plugin.
 */
export async function listen(service: ServiceDefinition, methods: UntypedServiceImplementation): Promise<grpc.Server> {
  const server = serverOf(service, methods);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  process.stdout.write(`${port}\n`);
  return server;
}

function serverOf(service: ServiceDefinition, methods: UntypedServiceImplementation): grpc.Server {
  const server = new grpc.Server({ "grpc.max_receive_message_length": limit, "grpc.max_send_message_length": limit });
  server.addService(service, methods);
  return server;
}

/**
 * Makes a gRPC method of a function.
 * @param toError makes the method's error of what the function throws. By default its message.
 */
export const unary =
  <Request, Response>(
    answer: (request: Request) => Response | Promise<Response>,
    toError: (error: unknown) => Partial<ServiceError> = errorOf,
  ): handleUnaryCall<Request, Response> =>
  (call, reply) => {
    const answered = async (): Promise<Response> => answer(call.request);
    answered().then(
      (response) => reply(null, response),
      (error: unknown) => reply(toError(error), null),
    );
  };

const errorOf = (error: unknown): Partial<ServiceError> => ({
  code: grpc.status.UNKNOWN,
  message: messageOf(error),
});
