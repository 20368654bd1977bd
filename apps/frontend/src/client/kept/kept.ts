import {
  dehydrate,
  hashKey,
  hydrate,
  type DehydratedState,
  type Mutation,
  type QueryClient,
} from "@tanstack/react-query";
import type { Change } from "@/client/changes/change";
import { Problem } from "@/client/api/problem";
import { openSignIn } from "@/client/api/own-session";
import { isId, newId } from "@/client/todos/new-id";
import { todosKey } from "@/client/todos/todo";
import { same, typedOf } from "@/client/todos/todo-form";
import { changesAnything, setUnsaved, unsavedIn, unsavedKey, type Unsaved } from "./unsaved";

/** What a page keeps in the browser until the server has it. */
interface Kept extends Pick<Unsaved, "title" | "drafts"> {
  /** Missing in what a page from before an update has kept. */
  readonly again?: Unsaved["again"];
  readonly changes: DehydratedState["mutations"];
}

const unsavedHash = hashKey(unsavedKey);
const keeping = new WeakSet<QueryClient>();
/** Under this name a tab knows what its last page kept. */
const tabKey = "unsaved";
const prefixOf = (account: string) => `unsaved ${account} `;
/** Under this name a page tells the other open pages of an account that it signed out. */
const leftKeyOf = (account: string) => `left ${account}`;

/**
 * Keeps what is unsaved in this browser, so that it outlives a reload and a closed tab, and takes over what pages
 * before this one have left, and those that are closed later. An open page holds a lock on what it keeps, so that
 * nothing is sent twice. The page that a tab showed before may just be closing, so that its lock is waited for.
 */
export function keepUnsaved(client: QueryClient, account: string): void {
  if (keeping.has(client)) return;
  keeping.add(client);
  const own = `${prefixOf(account)}${Date.now()}-${Math.random()}`;
  const save = () => {
    write(own, keptOf(client));
  };
  client.getMutationCache().subscribe(save);
  client.getQueryCache().subscribe(({ query }) => {
    if (query.queryHash === unsavedHash) save();
  });
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === leftKeyOf(account) && newValue !== null) leaveToo(client);
  });
  const before = swapTab(own);
  const takeOverFreed = () => {
    for (const key of keysOf(account)) {
      if (key === own) continue;
      whenFree(key, key === before, () => {
        const rest = takeOver(client, read(key));
        save();
        write(key, rest);
      });
    }
  };
  takeOverFreed();
  hold(own);
  onRoom(client, () => {
    // Where pages cannot tell each other, this one must not take what another open one keeps.
    if ("locks" in navigator) takeOverFreed();
  });
}

/** How long a page that is closed may take to let its lock go. */
const closingMs = 1000;

/**
 * Calls back when there may be more to take over: a page that was open when this one started may be closed by the time
 * that somebody looks at this one, and once a draft is done with, there is room for another of the same todo.
 */
function onRoom(client: QueryClient, takeOverFreed: () => void): void {
  setTimeout(takeOverFreed, closingMs);
  window.addEventListener("focus", () => {
    takeOverFreed();
    setTimeout(takeOverFreed, closingMs);
  });
  let drafts = 0;
  client.getQueryCache().subscribe(({ query }) => {
    if (query.queryHash !== unsavedHash) return;
    const before = drafts;
    drafts = Object.keys(unsavedIn(client).drafts).length;
    if (drafts < before) takeOverFreed();
  });
}

/** Whether something of this account is unsaved, in this page or another. */
export function isAnythingUnsaved(account: string): boolean {
  return keysOf(account).length > 0;
}

/**
 * Forgets everything unsaved of this account, in its other open pages too. To be called when they are left for good.
 */
export function forgetUnsaved(client: QueryClient, account: string): void {
  client.clear();
  for (const key of keysOf(account)) write(key, null);
  tell(leftKeyOf(account));
}

/** Another page signed out: what this one has not sent must not be sent in the next session of this browser. */
function leaveToo(client: QueryClient): void {
  client.clear();
  openSignIn();
}

function keptOf(client: QueryClient): Kept | null {
  const { title, again, drafts } = unsavedIn(client);
  const typed = Object.entries(drafts).filter(([, draft]) => changesAnything(draft));
  const { mutations } = dehydrate(client, {
    shouldDehydrateQuery: () => false,
    shouldDehydrateMutation: (mutation) => mutation.options.mutationKey?.[0] === todosKey[0] && isUnsent(mutation),
  });
  if (title === "" && typed.length === 0 && mutations.length === 0) return null;
  const changes = mutations.map((mutation) => ({ ...mutation, state: { ...mutation.state, ...waiting } }));
  return { title, again, drafts: Object.fromEntries(typed), changes };
}

/** The state of a change that nobody has tried to send. */
const waiting = { status: "pending", isPaused: true, error: null, failureCount: 0, failureReason: null } as const;

/** Whether a change is to be sent again by a later page. What ended with the session waits for the next sign-in. */
function isUnsent({ state: { status, error } }: Mutation): boolean {
  return status === "pending" || (error instanceof Problem && error.status === 401);
}

/** Gives what this page has no room for: drafts of todos that it has other drafts of. A later page takes these over. */
function takeOver(client: QueryClient, kept: Kept | null): Kept | null {
  if (kept === null) return null;
  const { title, again, drafts } = unsavedIn(client);
  const titles = new Set([title, kept.title].filter(Boolean));
  setUnsaved(client, {
    title: [...titles].join(", "),
    again: again ?? kept.again ?? null,
    drafts: { ...completed(kept.drafts), ...drafts },
  });
  hydrate(client, { mutations: kept.changes.map(withId), queries: [] });
  void client.resumePausedMutations();
  // One on its way to the server is among the changes.
  const rest = Object.entries(kept.drafts).filter(
    ([id, draft]) => id in drafts && !draft.sending && !same(draft.typed, drafts[id]?.typed),
  );
  return rest.length === 0 ? null : { title: "", drafts: Object.fromEntries(rest), changes: [] };
}

/** The change with an id for a new todo. A page from before an update gave it none that the server takes. */
function withId<T extends { readonly state: { readonly variables: unknown } }>(kept: T): T {
  const change = kept.state.variables as Change;
  if (change.kind !== "add" || isId(change.todo.id)) return kept;
  const variables: Change = { ...change, todo: { ...change.todo, id: newId() } };
  return { ...kept, state: { ...kept.state, variables } };
}

/** The drafts with all fields of a form. A page from before an update may have known fewer. */
function completed(drafts: Unsaved["drafts"]): Unsaved["drafts"] {
  const entries = Object.entries(drafts).map(([id, draft]) => {
    const typed = { ...typedOf(draft.seen), ...draft.typed };
    return [id, { ...draft, typed }] as const;
  });
  return Object.fromEntries(entries);
}

/** Calls back if no other page holds this, or once none does; at once where pages cannot tell each other. */
function whenFree(name: string, wait: boolean, then: () => void): void {
  if (!("locks" in navigator)) then();
  else {
    void navigator.locks.request(name, { ifAvailable: !wait }, (lock) => {
      if (lock !== null) then();
    });
  }
}

/** Holds this until the page is gone. */
function hold(name: string): void {
  if ("locks" in navigator) void navigator.locks.request(name, () => new Promise<never>(() => undefined));
}

/** Notes what this page keeps, for the next one of the tab. Gives what the last one kept. */
function swapTab(own: string): string | null {
  try {
    const before = sessionStorage.getItem(tabKey);
    sessionStorage.setItem(tabKey, own);
    return before;
  } catch {
    return null;
  }
}

function keysOf(account: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefixOf(account)));
  } catch {
    return [];
  }
}

function read(key: string): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

/** Tells the other open pages something, and keeps nothing of it. */
function tell(name: string): void {
  try {
    localStorage.setItem(name, "now");
    localStorage.removeItem(name);
  } catch {
    return;
  }
}

/** A browser that keeps nothing, or has no room, is no reason to fail. */
function write(key: string, kept: Kept | null): void {
  try {
    if (kept === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(kept));
  } catch {
    return;
  }
}
