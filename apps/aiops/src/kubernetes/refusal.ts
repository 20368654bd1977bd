import { ApiException } from "@kubernetes/client-node";
import * as z from "zod";

/** The HTTP status with which the API refused; undefined when it did not answer at all. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof ApiException ? error.code : undefined;

const answer = z.object({ message: z.string() });

/** Why something failed, in the API's own words where it gave any. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof ApiException) {
    const body: unknown = error.body;
    return answer.safeParse(typeof body === "string" ? parse(body) : body).data?.message ?? `status ${error.code}`;
  }
  return error instanceof Error ? error.message : String(error);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
