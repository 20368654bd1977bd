import { readFileSync } from "node:fs";
import * as z from "zod";
import { OperationError } from "../operation-error.ts";
import { signInSchema } from "./sign-in.ts";
import { webhookSchema } from "./telling/webhook.ts";

const remedy = z.enum(["act", "ask", "never"]);
const hour = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** What may be done without a person, and how often. */
export const policySchema = z.strictObject({
  /** `act`: done without a person. `ask`: done once a person has agreed. `never`: a person is told. */
  remedies: z.strictObject({
    restart: remedy,
    scale: remedy,
    "roll-back": remedy,
    "re-apply": remedy,
    replace: remedy,
  }),
  /** Most attempts for one finding in an hour. */
  perFinding: z.int().min(1),
  /** Most changes in an hour, and in a day. */
  perHour: z.int().min(0),
  perDay: z.int().min(0),
  /** Between two attempts for one finding. */
  coolDownSeconds: z.int().min(0),
  /** After a release, which `npx pulumi up` looks after itself. */
  afterReleaseSeconds: z.int().min(0),
  /** In UTC; nothing is changed from one to the other. */
  quietHours: z.strictObject({ from: hour, to: hour }).nullable(),
});

export type Policy = z.infer<typeof policySchema>;

const schema = z.strictObject({
  /** `watch` changes nothing. */
  mode: z.enum(["watch", "act"]),
  namespace: z.string(),
  /** The Lease of the leader. */
  lease: z.string(),
  /** The ConfigMap in which incidents are written down. */
  incidents: z.string(),
  /** The ConfigMap whose keys are the codes that people have agreed to. */
  approvals: z.string(),
  /** The ConfigMap that says what was released. Its name changes with that. */
  released: z.string(),
  /** URL of the frontend, as pods reach it. */
  frontend: z.url(),
  /** URL of Prometheus; empty where there is none. */
  prometheus: z.union([z.literal(""), z.url()]),
  /** A right answer that takes longer than this is late. */
  lateMilliseconds: z.int().min(1),
  policy: policySchema,
  /** The service that is told; null for none. */
  webhook: webhookSchema.nullable(),
  /** A folder with the token of each person whose assistant may call; null for none. */
  assistants: z.strictObject({ folder: z.string() }).nullable(),
  /** Who issues access tokens to people whose assistant may call; null for nobody. */
  signIn: signInSchema.nullable(),
});

/** How the controller is to work, as the chart says it. */
export type Settings = z.infer<typeof schema>;

/** @throws OperationError naming what is wrong in the file. */
export const readSettings = (file: string): Settings => {
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new OperationError(`${file} is not what the chart writes: ${why}`, "npx pulumi up", error);
  }
};
