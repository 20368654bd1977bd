import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Todo } from "@/client/todos/todo";
import { TodoList } from "@/components/list/todo-list";
import { milk, serve } from "../support/fake-server";
import { show } from "../support/show";

const monthly = { ...milk, due_date: "2030-01-31", recurrence: "FREQ=MONTHLY" };

async function open(todo: Todo = monthly) {
  const todos = [{ ...todo }];
  const fetcher = serve(todos);
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("button", { name: "Edit Buy milk" }));
  return { todos, patch: () => fetcher.mock.calls.find(([, init]) => init?.method === "PATCH") };
}

const choose = (label: string, option: string) => userEvent.selectOptions(screen.getByLabelText(label), option);
const save = () => userEvent.click(screen.getByRole("button", { name: "Save" }));

test("a todo repeats some days after it is done", async () => {
  const { todos } = await open();
  await choose("Repeats", "Days after it is done");
  await userEvent.clear(screen.getByLabelText("How many days after"));
  await userEvent.type(screen.getByLabelText("How many days after"), "10");
  await save();
  expect(await screen.findByText("10 days after it is done")).toBeVisible();
  expect(todos[0]).toMatchObject({ recurrence: "FREQ=DAILY;INTERVAL=10", repeat_from: "done" });
});

test.each(["Every weekday", "Every 2 weeks", "Last day of the month"])("a todo repeats: %s", async (option) => {
  await open();
  await choose("Repeats", option);
  await save();
  expect(await screen.findByText(option)).toBeVisible();
});

test("a rule that is none of the choices is shown, and kept when something else is changed", async () => {
  const { todos } = await open({ ...monthly, recurrence: "FREQ=WEEKLY;BYDAY=TU,TH" });
  expect(screen.getByLabelText("Repeats")).toHaveDisplayValue("Every week on Tuesday, Thursday");
  await userEvent.type(screen.getByLabelText("Notes"), "Two bottles");
  await save();
  await waitFor(() => {
    expect(todos[0]).toMatchObject({ notes: "Two bottles", recurrence: "FREQ=WEEKLY;BYDAY=TU,TH" });
  });
});

test("a change is for one only if somebody says so", async () => {
  const { patch } = await open();
  await userEvent.type(screen.getByLabelText("Notes"), "Two bottles");
  await choose("Save for", "This one only");
  await save();
  await waitFor(() => {
    expect(patch()?.[0]).toMatch(/\?scope=one$/);
  });
});

test("a change of one only can be undone: it repeats again, and the next one goes", async () => {
  const { todos } = await open();
  await userEvent.type(screen.getByLabelText("Notes"), "Two bottles");
  await choose("Save for", "This one only");
  await save();
  await waitFor(() => {
    expect(todos.map(({ recurrence }) => recurrence)).toEqual([null, "FREQ=MONTHLY"]);
  });
  await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => {
    expect(todos).toMatchObject([{ notes: "", recurrence: "FREQ=MONTHLY" }]);
  });
  expect(todos).toHaveLength(1);
});

test("one is skipped, which can be undone", async () => {
  const { todos } = await open();
  await userEvent.click(screen.getByRole("button", { name: "Skip this time" }));
  expect(await screen.findByText("Skipped “Buy milk”")).toBeVisible();
  expect(todos[0]?.due_date).toBe("2030-02-28");
  await userEvent.click(screen.getByRole("button", { name: "Undo" }));
  await waitFor(() => {
    expect(todos[0]?.due_date).toBe("2030-01-31");
  });
});

test("a todo is due at a time, which goes with its day", async () => {
  const { todos } = await open({ ...milk, recurrence: null, due_date: "2030-01-31" });
  await userEvent.type(screen.getByLabelText("Time"), "09:30");
  await save();
  expect(await screen.findByText(/Jan 31, 2030, 9:30/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Edit Buy milk" }));
  await userEvent.clear(screen.getByLabelText("Due date"));
  await save();
  await waitFor(() => {
    expect(todos[0]).toMatchObject({ due_date: null, due_time: null });
  });
});
