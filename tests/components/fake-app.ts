import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";

/** Answers on a port as the application does to who has no session, whenever a file is there. */
export class FakeApp {
  readonly port: number;
  #server: Server | undefined;
  readonly #watch: NodeJS.Timeout;

  private constructor(port: number, file: string) {
    this.port = port;
    this.#watch = setInterval(() => this.#follow(existsSync(file)), 20);
  }

  /** @param file the application runs while this file exists; until then its port is free. */
  static async start(file: string): Promise<FakeApp> {
    for (;;) {
      // Below those that the system gives to connections: it must still be free when the application comes back.
      const port = randomInt(20_000, 30_000);
      const server = createServer().listen(port, "127.0.0.1");
      const isFree = await once(server, "listening").then(
        () => true,
        () => false,
      );
      if (!isFree) continue;
      server.close();
      await once(server, "close");
      return new FakeApp(port, file);
    }
  }

  stop(): void {
    clearInterval(this.#watch);
    this.#follow(false);
  }

  #follow(runs: boolean): void {
    if (runs && this.#server === undefined) {
      this.#server = createServer((_request, response) => response.writeHead(401).end());
      this.#server.listen(this.port, "127.0.0.1");
    }
    if (!runs && this.#server !== undefined) {
      this.#server.closeAllConnections();
      this.#server.close();
      this.#server = undefined;
    }
  }
}
