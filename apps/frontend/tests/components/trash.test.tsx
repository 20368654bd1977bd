import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import type { Todo } from "@/client/todos/todo";
import { Trash } from "@/components/list/trash";
import { serve, todosNamed } from "../support/fake-server";
import { show } from "../support/show";

let todos: Todo[];

beforeEach(async () => {
  todos = todosNamed("One", "Two", "Three");
  const fetcher = serve(todos);
  const ids = todos.slice(0, 2).map(({ id }) => id);
  await fetcher("/api/backend/todos/bulk", { method: "POST", body: JSON.stringify({ action: "delete", ids }) });
  show(<Trash />);
  await screen.findByText("One");
});

const shown = () => screen.queryAllByRole("listitem").map((item) => item.querySelector("p")?.textContent);
const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

test("a deleted todo is brought back, which can be undone", async () => {
  expect(shown()).toEqual(["One", "Two"]);
  await press("Restore One");
  await waitFor(() => {
    expect(todos.map(({ title }) => title)).toEqual(["One", "Three"]);
  });
  expect(shown()).toEqual(["Two"]);
  await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => {
    expect(shown().sort()).toEqual(["One", "Two"]);
  });
});

test("one is deleted for ever after a second press", async () => {
  await press("Delete for ever One");
  expect(shown()).toEqual(["One", "Two"]);
  await press("Really delete One");
  await waitFor(() => {
    expect(shown()).toEqual(["Two"]);
  });
});

test("a press elsewhere takes the question back", async () => {
  await press("Empty the trash");
  await press("Restore One");
  expect(screen.queryByRole("button", { name: "Delete all for ever" })).not.toBeInTheDocument();
  await press("Empty the trash");
  await press("Delete all for ever");
  expect(await screen.findByText("The trash is empty.")).toBeVisible();
});

test("a double click only asks", async () => {
  await userEvent.dblClick(screen.getByRole("button", { name: "Empty the trash" }));
  expect(screen.getByRole("button", { name: "Delete all for ever" })).toBeVisible();
  expect(shown()).toEqual(["One", "Two"]);
  await press("Delete all for ever");
  expect(await screen.findByText("The trash is empty.")).toBeVisible();
});
