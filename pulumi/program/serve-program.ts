import grpc from "@grpc/grpc-js";
import type { handleUnaryCall, MethodDefinition } from "@grpc/grpc-js";
import { ProgramThread } from "./program-thread.ts";

/** The program, ready to be run. */
interface ServedProgram {
  /** Where Pulumi finds it: host and port. */
  address: string;
  /** Ends it, whatever it does. */
  end: () => Promise<void>;
}

/** The most that a message may have, in bytes. Fixed by Pulumi. */
const limit = 400 * 1024 * 1024;

/**
 * The one method of a language host that is needed. The messages stay as they are: the program's own thread reads them.
 */
const run: MethodDefinition<Buffer, Buffer> = {
  path: "/pulumirpc.LanguageRuntime/Run",
  requestStream: false,
  responseStream: false,
  requestSerialize: (bytes) => bytes,
  requestDeserialize: (bytes) => bytes,
  responseSerialize: (bytes) => bytes,
  responseDeserialize: (bytes) => bytes,
};

/**
 * Serves the program of this checkout to Pulumi on a free port of the loopback interface, and begins to load it.
 * @param env the environment in which Pulumi will run.
 */
export const serveProgram = async (env: NodeJS.ProcessEnv): Promise<ServedProgram> => {
  // A preview and the update after it run the program one after the other, each in a thread of its own: a module runs
  // only once.
  let next: ProgramThread | undefined = new ProgramThread(env);
  const threads = [next];
  const answer: handleUnaryCall<Buffer, Buffer> = ({ request }, reply) => {
    const thread = next ?? new ProgramThread(env);
    if (next === undefined) threads.push(thread);
    next = undefined;
    thread.run(request).then(
      (response) => reply(null, response),
      (error: unknown) => reply({ code: grpc.status.UNKNOWN, message: String(error) }),
    );
  };
  const server = new grpc.Server({ "grpc.max_receive_message_length": limit, "grpc.max_send_message_length": limit });
  server.addService({ run }, { run: answer });
  // Before Pulumi starts, which would otherwise now and then find nobody here.
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return {
    address: `127.0.0.1:${port}`,
    end: async () => {
      server.forceShutdown();
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
};
