import { Client } from "@modelcontextprotocol/client";
import type { Transport } from "@modelcontextprotocol/client";
import type { Json } from "./stack.ts";

/** What a person does with the question. */
export type Person = (message: string) => { action: "accept"; content: Json } | { action: "decline" };

export const agrees: Person = () => ({ action: "accept", content: { approve: true } });

/** A client of the SDK. Without a person it cannot ask anybody. */
export const connect = async (
  transport: Transport,
  { person, era = "modern" }: { person?: Person; era?: "modern" | "legacy" } = {},
): Promise<Client> => {
  const client = new Client(
    { name: "tests", version: "1" },
    {
      capabilities: person === undefined ? {} : { elicitation: { form: {} } },
      versionNegotiation: { mode: era === "modern" ? { pin: "2026-07-28" } : "legacy" },
    },
  );
  if (person !== undefined) {
    client.setRequestHandler("elicitation/create", ({ params }) => person(params.message));
  }
  await client.connect(transport);
  return client;
};

/** Calls a tool, and gives what it said. */
export const call = async (client: Client, name: string, args: Json = {}): Promise<Json & { text: string }> => {
  const result = await client.callTool({ name, arguments: args });
  const [first] = result.content;
  const text = first?.type === "text" ? first.text : "";
  return { ...(result.structuredContent as Json | undefined), text, isError: result.isError === true };
};
