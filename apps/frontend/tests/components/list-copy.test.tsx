import { onlineManager } from "@tanstack/react-query";
import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Todo } from "@/client/todos/todo";
import type { FirstList } from "@/client/todos/todos";
import { everything } from "@/client/todos/wanted";
import { TodoList } from "@/components/list/todo-list";
import { serve, todosNamed } from "../support/fake-server";
import { show } from "../support/show";

const account = "ann@example.com";
/** What a browser keeps for its worker, by address. */
let kept: Map<string, string>;
let todos: Todo[];

beforeEach(() => {
  kept = new Map();
  vi.stubGlobal("caches", {
    open: () =>
      Promise.resolve({
        put: async (address: string, answer: Response) => {
          kept.set(address, await answer.text());
        },
      }),
    match: (address: string) => Promise.resolve(kept.has(address) ? new Response(kept.get(address)) : undefined),
  });
  todos = todosNamed("Sweep");
  serve(todos);
});

afterEach(() => {
  cleanup();
  onlineManager.setOnline(true);
  vi.restoreAllMocks();
  localStorage.clear();
});

/** The list as it came with a page that the browser has loaded at this time, in milliseconds since 1970. */
function firstAt(at: number): FirstList {
  return { wanted: everything, page: { todos: todosNamed("Sweep"), next: null }, at };
}

/** Opens the page again without a connection; the browser has the page as it was at first. */
function openOffline(opened: string) {
  cleanup();
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  show(<TodoList account={opened} first={firstAt(Date.now() - 60_000)} />);
}

test("a page that is opened without a connection shows the list as it was last, and says that it is offline", async () => {
  show(<TodoList account={account} first={firstAt(Date.now() - 60_000)} />);
  await userEvent.type(screen.getByLabelText("New todo"), "Mop{Enter}");
  await waitFor(() => {
    expect(kept.get("/list-copy")).toContain("Mop");
  });
  openOffline(account);
  expect(await screen.findByRole("checkbox", { name: "Mop" })).toBeVisible();
  expect(screen.getByText(/You are offline/)).toBeVisible();
});

test("the list of another account is not shown", async () => {
  show(<TodoList account={account} first={firstAt(Date.now())} />);
  await waitFor(() => {
    expect(kept.get("/list-copy")).toContain("Sweep");
  });
  kept.set("/list-copy", (kept.get("/list-copy") ?? "").replace("Sweep", "Mine"));
  openOffline("ben@example.com");
  await new Promise((passed) => setTimeout(passed, 50));
  expect(screen.queryByText("Mine")).not.toBeInTheDocument();
});
