import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { agrees, connect } from "../support/client.ts";
import type { Json } from "../support/stack.ts";
import { placeOf, variable } from "./live.ts";
import { StateOfPulumi } from "./releases.ts";

/** The server on a laptop, and a client of it whose person agrees to everything. */
export class Assistant {
  /** Every question that the person was asked. */
  readonly questions: string[] = [];
  readonly releases: StateOfPulumi;
  readonly #folder = mkdtempSync(join(tmpdir(), "aiops-"));
  readonly #released = join(this.#folder, "released.json");
  client!: Client;

  private constructor() {
    this.releases = new StateOfPulumi(this.#released, variable("AIOPS_RELEASED"));
  }

  static async start(): Promise<Assistant> {
    const assistant = new Assistant();
    const { kubeconfig, context, namespace } = placeOf();
    const main = join(import.meta.dirname, "../../src/main.ts");
    const args = ["--kubeconfig", kubeconfig, "--context", context, "--namespace", namespace];
    const files = ["--released", assistant.#released, "--state", assistant.#folder];
    const transport = new StdioClientTransport({ command: process.execPath, args: [main, ...args, ...files] });
    assistant.client = await connect(transport, {
      person: (message) => {
        assistant.questions.push(message);
        return agrees(message);
      },
    });
    return assistant;
  }

  async stop(): Promise<void> {
    await this.client.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** How often the server has written down that something happened. */
  count(event: string): number {
    const text = readFileSync(join(this.#folder, "aiops-audit.jsonl"), { encoding: "utf8", flag: "a+" });
    const lines = text.split("\n").filter((line) => line !== "");
    return lines.filter((line) => (JSON.parse(line) as Json).event === event).length;
  }
}
