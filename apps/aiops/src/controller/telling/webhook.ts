import { readFileSync } from "node:fs";
import pRetry, { AbortError } from "p-retry";
import * as z from "zod";
import { OperationError } from "../../operation-error.ts";
import { formats, messageOf } from "./message.ts";
import { log } from "./tell.ts";
import type { Tell } from "./tell.ts";

/** How a service is told. */
export const webhookSchema = z.strictObject({
  format: z.enum(formats),
  /** The file with the URL, which is a secret: whoever has it can write there. */
  urlFile: z.string(),
});

export type WebhookSettings = z.infer<typeof webhookSchema>;

/** Messages that may wait while the service is away. */
const most = 50;

/** For one answer, in milliseconds. */
const patience = 5_000;

/** Six tries within a good minute. */
const retries = { retries: 5, minTimeout: 1_000, maxTimeout: 16_000, factor: 2 };

/**
 * Also tells a service outside the cluster, one message after the other. Nobody waits for that: a message that is not
 * taken after six tries is given up, with a line in the log.
 * @param pace of the tries; tests are in a hurry.
 * @throws OperationError when there is no URL in the file.
 */
export const tellByWebhook = (
  tell: Tell,
  { format, urlFile }: WebhookSettings,
  namespace: string,
  pace: Partial<typeof retries> = {},
): Tell => {
  const url = readUrl(urlFile);
  let last = Promise.resolve();
  let waiting = 0;
  return async (news, incident, message) => {
    // As the incident is now: it changes while the message waits.
    const body = messageOf(format, { news, incident, text: message, namespace });
    if (body !== undefined && waiting < most) {
      waiting += 1;
      last = last
        .then(async () => await pRetry(async () => await send(url, body), { ...retries, ...pace }))
        .catch((error: unknown) => log({ event: "untold", finding: incident.finding, why: causeOf(error) }))
        .finally(() => (waiting -= 1));
    } else if (body !== undefined) {
      log({ event: "untold", finding: incident.finding, why: `${most} messages to the webhook wait already` });
    }
    await tell(news, incident, message);
  };
};

const readUrl = (file: string): string => {
  const url = readFileSync(file, "utf8").trim();
  // Without repeating it.
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new OperationError(`There is no URL in ${file}.`, "npx pulumi config set --secret operationsWebhook");
};

const send = async (url: string, body: object): Promise<void> => {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    // Elsewhere the URL would be told to somebody else.
    redirect: "manual",
    signal: AbortSignal.timeout(patience),
  });
  await answer.body?.cancel();
  if (answer.ok) return;
  const error = new Error(`the webhook answered ${answer.status}`);
  // What is refused now is refused for ever, but for these.
  throw answer.status === 429 || answer.status >= 500 ? error : new AbortError(error);
};

/** Why, without the URL, of which `fetch` says nothing but the host. */
const causeOf = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
};
