import type { InputRequiredResult, ServerContext } from "@modelcontextprotocol/server";
import type * as z from "zod";
import type { Operations } from "../operations.ts";

/** Who asks. */
export interface Caller {
  context: ServerContext;
  /** As the client calls itself. */
  client: string;
  /** Whether the client can ask its person a question. */
  asksPeople: boolean;
}

/** One tool. What it gives is cleaned and bounded by the server. */
export interface Tool<Input extends z.ZodObject = z.ZodObject> {
  name: string;
  title: string;
  description: string;
  input: Input;
  /** Whether it may change something. */
  kind: "read" | "act";
  run(args: z.infer<Input>, operations: Operations, caller: Caller): Promise<object | InputRequiredResult>;
}

/** Keeps the type of a tool's arguments where it is defined. */
export const tool = <Input extends z.ZodObject>(definition: Tool<Input>): Tool =>
  // Only ever called with what its own schema has let through.
  definition;
