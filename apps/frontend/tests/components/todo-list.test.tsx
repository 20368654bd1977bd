import { onlineManager } from "@tanstack/react-query";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { TodoList } from "@/components/list/todo-list";
import { milk, serve, todosNamed, type Faults } from "../support/fake-server";
import { show } from "../support/show";

test("says that it loads, then shows the todos", async () => {
  serve([{ ...milk }, { ...milk, id: "2", title: "Call Ann", done: true }]);
  show(<TodoList />);
  expect(screen.getByText("Loading your todos")).toBeInTheDocument();
  expect(await screen.findByRole("checkbox", { name: "Buy milk" })).not.toBeChecked();
  expect(screen.getByRole("checkbox", { name: "Call Ann" })).toBeChecked();
});

test("an empty list says what to do", async () => {
  serve([]);
  show(<TodoList />);
  expect(await screen.findByText("Nothing to do yet")).toBeVisible();
});

test("a list that cannot be loaded can be asked for again", async () => {
  const faults: Faults = { status: 400 };
  serve([{ ...milk }], faults);
  show(<TodoList />);
  expect(await screen.findByRole("alert")).toHaveTextContent("No luck.");
  delete faults.status;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Buy milk")).toBeVisible();
});

test("a list that cannot be loaded again stays, and says so quietly", async () => {
  const faults: Faults = {};
  const fetcher = serve([{ ...milk }], faults);
  show(<TodoList />);
  const box = await screen.findByRole("checkbox", { name: "Buy milk" });
  faults.status = 400;
  fetcher.mockResolvedValueOnce(Response.json({})); // The tick is saved; only the reload after it fails.
  await userEvent.click(box);
  expect(await screen.findByText("This list may be out of date. No luck.")).toBeVisible();
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  expect(box).toBeVisible();
  delete faults.status;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => {
    expect(screen.queryByText(/out of date/)).not.toBeInTheDocument();
  });
});

test("a server that is away in the middle of a change is said once", async () => {
  const faults: Faults = {};
  serve([{ ...milk }], faults);
  show(<TodoList />);
  const box = await screen.findByRole("checkbox", { name: "Buy milk" });
  faults.status = 400;
  await userEvent.click(box);
  expect(await screen.findByRole("alert")).toHaveTextContent("That change was not saved");
  expect(screen.getAllByText(/No luck/)).toHaveLength(1);
});

test("a session that has ended leads to the sign-in page", async () => {
  const assign = vi.fn();
  vi.stubGlobal("location", { assign });
  const fetcher = serve([], { status: 401 });
  show(<TodoList />);
  await waitFor(() => {
    expect(assign).toHaveBeenCalledWith("/signin");
  });
  expect(fetcher).toHaveBeenLastCalledWith("/api/session", expect.objectContaining({ method: "DELETE" }));
});

test("shows all, open or done todos", async () => {
  serve([...todosNamed("Buy milk", "Call Ann"), { ...milk, id: "3", title: "Sleep", done: true }]);
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("button", { name: "Open" }));
  await waitFor(() => {
    expect(screen.queryByText("Sleep")).not.toBeInTheDocument();
  });
  await userEvent.click(screen.getByRole("button", { name: "Done" }));
  await waitFor(() => {
    expect(screen.getAllByRole("checkbox")).toEqual([screen.getByRole("checkbox", { name: "Sleep" })]);
  });
  expect(screen.getByRole("button", { name: "Done" })).toHaveAttribute("aria-pressed", "true");
});

test("finds todos by words, and says so if there are none", async () => {
  serve(todosNamed("Buy milk", "Call Ann"));
  show(<TodoList />);
  await screen.findByText("Buy milk");
  await userEvent.type(screen.getByLabelText("Search"), "Ann");
  await waitFor(() => {
    expect(screen.getAllByRole("checkbox")).toEqual([screen.getByRole("checkbox", { name: "Call Ann" })]);
  });
  await userEvent.type(screen.getByLabelText("Search"), "x");
  expect(await screen.findByText("Nothing found")).toBeVisible();
});

test("a long list comes page by page", async () => {
  serve(todosNamed("1", "2", "3", "4", "5", "6", "7"));
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("button", { name: "Show more" }));
  expect(await screen.findByRole("checkbox", { name: "7" })).toBeInTheDocument();
  expect(screen.getAllByRole("checkbox")).toHaveLength(7);
  expect(screen.queryByRole("button", { name: "Show more" })).not.toBeInTheDocument();
});

test("a filter that lets nothing through says why", async () => {
  serve([{ ...milk }]);
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("button", { name: "Done" }));
  expect(await screen.findByText("Nothing done yet")).toBeVisible();
});

test("shows due date, priority, recurrence, tags and notes", async () => {
  const due = { due_date: "2020-02-29", priority: 3, recurrence: "FREQ=WEEKLY" };
  serve([{ ...milk, ...due, tags: ["home"], notes: "The one with the blue cap" }]);
  show(<TodoList />);
  expect(await screen.findByText(/Overdue, .*2020/)).toBeVisible();
  for (const text of ["High priority", "Weekly", "home", "The one with the blue cap"]) {
    expect(screen.getByText(text)).toBeVisible();
  }
  expect(screen.getByRole("checkbox", { name: "Buy milk" })).toBeInTheDocument();
});

test("shows todos of a backend that does not know times of day yet", async () => {
  const old: Partial<typeof milk> = { ...milk, due_date: "2020-02-29" };
  delete old.due_time;
  serve([old as typeof milk]);
  show(<TodoList />);
  expect(await screen.findByText(/Overdue, Feb 29, 2020$/)).toBeVisible();
});

test("says when the browser is offline, and sends what was changed once it is back", async () => {
  const todos = [{ ...milk }];
  serve(todos);
  show(<TodoList />);
  const box = await screen.findByRole("checkbox", { name: "Buy milk" });
  onlineManager.setOnline(false);
  expect(await screen.findByText(/You are offline/)).toBeVisible();
  await userEvent.click(box);
  expect(box).toBeChecked();
  expect(todos[0]?.done).toBe(false);
  onlineManager.setOnline(true);
  await waitFor(() => {
    expect(todos[0]?.done).toBe(true);
  });
  expect(screen.queryByText(/You are offline/)).not.toBeInTheDocument();
});
