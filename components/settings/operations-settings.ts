import { oneOf } from "./setting-checks.ts";
import type { Check } from "./setting-checks.ts";
import { formats, type Webhook, webhookOf } from "./webhook-settings.ts";

/** What the controller for operations does; there is none when it is off. */
const modes = ["off", "watch", "act"] as const;

/** The controller for operations, and whom it speaks to. */
export interface OperationsSettings {
  /** Whether a controller names what is wrong, or also repairs it. */
  operations: (typeof modes)[number];
  /** The service that this controller tells; undefined for none. */
  webhook: Webhook | undefined;
  /** The people whose assistants may call it. */
  assistants: string[];
}

/** @param valueOf the value of a setting. @param webhookUrl of the service that is told. */
export function operationsSettings(valueOf: (key: string) => string, webhookUrl?: string): OperationsSettings {
  return {
    operations: modes.find((mode) => mode === valueOf("operations")) ?? "off",
    webhook: webhookOf(webhookUrl, valueOf("operationsWebhookFormat")),
    assistants: peopleIn(valueOf("operationsAssistants")),
  };
}

/** What each setting of the controller must be. @param operations what the controller does. */
export const operationsRules = (operations: string): Record<string, { check: Check; example: string }> => ({
  operations: { check: oneOf(...modes), example: "watch" },
  operationsWebhookFormat: { check: oneOf(...formats), example: "slack" },
  operationsAssistants: { check: (people) => problemOfPeople(people, operations), example: "ann,bob" },
});

const peopleIn = (text: string): string[] => text.split(",").flatMap((name) => name.trim() || []);

function problemOfPeople(text: string, operations: string): string | undefined {
  const people = peopleIn(text);
  if (people.length === 0) return undefined;
  if (!people.every((name) => /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)))
    return "it must be names of small letters, digits and dashes, with commas between them";
  if (new Set(people).size < people.length) return "it must name each person once";
  return operations === "off" ? "it is of no use while operations is off, since there is no controller" : undefined;
}
