import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** Where engines connect to a plugin. */
export interface Door {
  /**
   * Hands over each connection, those that wait already too.
   * @returns what ends all of them, and lets nobody in any more.
   */
  open: (take: (connection: Socket) => void) => () => void;
}

/**
 * Takes a free port of the loopback interface, and prints it, as the engine expects of a plugin. That needs no library,
 * so it is there before the rest of the plugin is loaded: who connects early waits.
 */
export async function openDoor(): Promise<Door> {
  const connections = new Set<Socket>();
  let take = (_connection: Socket): void => undefined;
  const server = createServer((connection) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
    take(connection);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
  return {
    open: (handOver) => {
      take = handOver;
      for (const connection of connections) handOver(connection);
      return () => {
        server.close();
        for (const connection of connections) connection.destroy();
      };
    },
  };
}
