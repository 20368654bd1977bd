import { onlineManager } from "@tanstack/react-query";
import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Todo } from "@/client/todos/todo";
import { TodoList } from "@/components/list/todo-list";
import { serve } from "../support/fake-server";
import { show } from "../support/show";

let todos: Todo[];
let fetcher: ReturnType<typeof serve>;

beforeEach(async () => {
  todos = [];
  fetcher = serve(todos);
  show(<TodoList />);
  await screen.findByText("Nothing to do yet");
});

afterEach(() => {
  cleanup();
  onlineManager.setOnline(true);
  vi.useRealTimers();
});

const type = (text: string) => userEvent.type(screen.getByLabelText("New todo"), text);
const chips = () => screen.queryAllByRole("button", { name: /in the title$/ }).map((chip) => chip.textContent);

test("shows what it understands before it is added, and adds just that", async () => {
  await type("Pay rent tomorrow every month #home !1");
  await waitFor(() => {
    expect(chips()).toEqual(["Jan 2, 2030", "Monthly", "#home", "High priority"]);
  });
  await type("{Enter}");
  await waitFor(() => {
    expect(todos).toMatchObject([
      { title: "Pay rent", due_date: "2030-01-02", recurrence: "FREQ=MONTHLY", tags: ["home"], priority: 3 },
    ]);
  });
  expect(chips()).toEqual([]);
  expect(screen.getByLabelText("New todo")).toHaveValue("");
});

test("leaves in the title what is removed, and keeps the focus in the field", async () => {
  await type("Read tomorrow never dies tomorrow");
  await userEvent.click((await screen.findAllByRole("button", { name: /Leave “tomorrow”/ }))[0] ?? document.body);
  await waitFor(() => {
    expect(chips()).toEqual([]);
  });
  await userEvent.keyboard("{Enter}");
  await waitFor(() => {
    expect(todos).toMatchObject([{ title: "Read tomorrow never dies tomorrow", due_date: null }]);
  });
});

test("understands what is added before it was shown", async () => {
  await type("Pay rent tomorrow{Enter}");
  await waitFor(() => {
    expect(todos).toMatchObject([{ title: "Pay rent", due_date: "2030-01-02" }]);
  });
});

test("takes all for the title that waited for a connection, since its days have passed", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onlineManager.setOnline(false);
  await type("Pay rent tomorrow{Enter}");
  vi.setSystemTime(Date.now() + 86_400_000);
  onlineManager.setOnline(true);
  await waitFor(() => {
    expect(todos).toMatchObject([{ title: "Pay rent tomorrow", due_date: null }]);
  });
});

test("adds it as it is if the server understands nothing, and brings all back if it is refused", async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const refused = () => Promise.resolve(Response.json({ detail: "No." }, { status: 422 }));
  fetcher.mockImplementation((address) => (address.endsWith("/parse") ? refused() : promise.then(refused)));
  await type("Pay rent tomorrow{Enter}");
  expect(screen.getByRole("checkbox", { name: "Pay rent tomorrow" })).toBeDisabled();
  resolve(undefined);
  expect(await screen.findByRole("alert")).toHaveTextContent("No.");
  expect(screen.getByLabelText("New todo")).toHaveValue("Pay rent tomorrow");
});

test("what is added in the view of today is due today", async () => {
  await userEvent.click(screen.getByRole("link", { name: "Today" }));
  expect(await screen.findByText("Nothing due today")).toBeVisible();
  await type("Water the plants{Enter}");
  await waitFor(() => {
    expect(todos[0]?.due_date).toBe(new Date().toLocaleDateString("sv"));
  });
});
