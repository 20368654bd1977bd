import { hashKey, type QueryClient } from "@tanstack/react-query";
import type { Pages } from "@/client/changes/changes";
import { Problem } from "@/client/api/problem";
import { todosKey } from "@/client/todos/todo";
import { everything } from "@/client/todos/wanted";

/** The whole list as it was, and when, in milliseconds since 1970. */
interface Copy {
  readonly account: string;
  readonly data: Pages;
  readonly at: number;
}

const listKey = [...todosKey, everything] as const;
const listHash = hashKey(listKey);
const address = "/list-copy";
/** The worker in public/sw.js deletes this cache when somebody is asked to sign in. */
const cacheName = "list-1";
const pauseMs = 500;
const keeping = new WeakSet<QueryClient>();

/**
 * Keeps a copy of the whole list in this browser, and shows it where the server cannot be asked. What comes with a page
 * that is opened without a connection is as old as the last page that the browser has loaded.
 */
export function keepListCopy(client: QueryClient, account: string): void {
  if (!("caches" in window) || keeping.has(client)) return;
  keeping.add(client);
  let timer: ReturnType<typeof setTimeout>;
  const saveSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void save(client, account).catch(() => undefined), pauseMs);
  };
  client.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.query.queryHash !== listHash) return;
    if (event.action.type === "success") saveSoon();
    if (event.action.type === "error" && isAway(event.action.error)) void show(client, account).catch(() => undefined);
  });
  if (navigator.onLine) saveSoon();
  else void show(client, account).catch(() => undefined);
}

async function save(client: QueryClient, account: string): Promise<void> {
  const state = client.getQueryState<Pages>(listKey);
  const before = await copyOf(account);
  if (state?.data === undefined || state.dataUpdatedAt <= (before?.at ?? 0)) return;
  const copy: Copy = { account, data: state.data, at: state.dataUpdatedAt };
  await (await caches.open(cacheName)).put(address, Response.json(copy));
}

async function show(client: QueryClient, account: string): Promise<void> {
  const copy = await copyOf(account);
  const shownAt = client.getQueryState(listKey)?.dataUpdatedAt ?? 0;
  if (copy !== null && copy.at > shownAt) client.setQueryData<Pages>(listKey, copy.data, { updatedAt: copy.at });
}

async function copyOf(account: string): Promise<Copy | null> {
  const kept = await caches.match(address, { cacheName });
  const copy = (await kept?.json()) as Copy | undefined;
  return copy?.account === account ? copy : null;
}

function isAway(error: unknown): boolean {
  return error instanceof Problem && error.status === 0;
}
