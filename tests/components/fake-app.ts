import { existsSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers on a port as the application does, whenever a file is there. */
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
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return new FakeApp(port, file);
  }

  stop(): void {
    clearInterval(this.#watch);
    this.#follow(false);
  }

  #follow(runs: boolean): void {
    if (runs && this.#server === undefined) {
      this.#server = createServer((_request, response) => response.end("ok")).listen(this.port, "127.0.0.1");
    }
    if (!runs && this.#server !== undefined) {
      this.#server.closeAllConnections();
      this.#server.close();
      this.#server = undefined;
    }
  }
}
