import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { Todo } from "@/client/todos/todo";
import { TodoList } from "@/components/list/todo-list";
import { serve, todosNamed, type Faults } from "../support/fake-server";
import { show } from "../support/show";

/** What browsers have and jsdom lacks, as far as dragging needs it. */
class DragEvent extends MouseEvent {
  readonly dataTransfer = { types: [], items: [], setData: () => undefined, setDragImage: () => undefined };
}

let todos: Todo[];

beforeEach(() => {
  vi.stubGlobal("DragEvent", DragEvent);
  todos = todosNamed("One", "Two", "Three").map((todo, index) => ({ ...todo, position: 30 - index * 10 }));
  window.history.replaceState(null, "", "/?sort=-position");
});

const handle = (title: string) => screen.getByRole("button", { name: `Move ${title}` });
const titles = () => screen.getAllByRole("checkbox").map((box) => box.closest("label")?.textContent);

async function showList(faults: Faults = {}) {
  const fetcher = serve(todos, faults);
  show(<TodoList />);
  await screen.findByText("One");
  return fetcher;
}

function changes(fetcher: ReturnType<typeof serve>) {
  return fetcher.mock.calls
    .filter(([, init]) => init?.method === "PATCH")
    .map(([address, init]) => [address.split("/").at(-1), JSON.parse(init?.body as string) as unknown]);
}

test("the arrow keys move a todo; the focus goes with it, and its place is said and saved", async () => {
  const fetcher = await showList();
  handle("One").focus();
  await userEvent.keyboard("{ArrowDown}");
  await waitFor(() => {
    expect(titles()).toEqual(["Two", "One", "Three"]);
  });
  await waitFor(() => {
    expect(handle("One")).toHaveFocus();
  });
  expect(screen.getByText("One: 2 of 3")).toHaveAttribute("role", "status");
  await userEvent.keyboard("{ArrowDown}{ArrowUp}");
  await waitFor(() => {
    expect(changes(fetcher)).toEqual([
      ["id-0", { position: 15 }],
      ["id-0", { position: 9 }],
      ["id-0", { position: 15 }],
    ]);
  });
  expect(titles()).toEqual(["Two", "One", "Three"]);
});

test.each([
  ["To the top", ["Two", "One", "Three"]],
  ["Up", ["Two", "One", "Three"]],
  ["Down", ["One", "Three", "Two"]],
  ["To the bottom", ["One", "Three", "Two"]],
])("a click on the handle offers buttons: %s", async (name, expected) => {
  await showList();
  await userEvent.click(handle("Two"));
  await userEvent.click(within(screen.getByRole("group", { name: "Move Two" })).getByRole("button", { name }));
  await waitFor(() => {
    expect(titles()).toEqual(expected);
  });
});

test("a todo can be dragged onto the upper half of another, and lands above it", async () => {
  const fetcher = await showList();
  // Rows have no size here: everything is below the middle of a row at y = 0, above that of one at y = 10.
  const row = (title: string) => handle(title).closest("li") as HTMLElement;
  vi.spyOn(row("One"), "getBoundingClientRect").mockReturnValue({ top: 10, height: 50 } as DOMRect);
  document.elementsFromPoint = () => [handle("Three")];
  await waitFor(() => {
    expect(row("Three")).toHaveAttribute("draggable", "true");
  });
  fireEvent.dragStart(row("Three"));
  await new Promise((resolve) => requestAnimationFrame(resolve));
  fireEvent.dragEnter(row("One"), { clientY: 12 });
  fireEvent.dragOver(row("One"), { clientY: 12 });
  fireEvent.drop(row("One"), { clientY: 12 });
  await waitFor(() => {
    expect(titles()).toEqual(["Three", "One", "Two"]);
  });
  await waitFor(() => {
    expect(changes(fetcher)).toEqual([["id-2", { position: 31 }]]);
  });
});

test("a move that is refused is taken back, and said", async () => {
  const answered = Promise.withResolvers<undefined>();
  await showList({ refuse: true, hold: answered.promise });
  handle("Three").focus();
  await userEvent.keyboard("{ArrowUp}");
  await waitFor(() => {
    expect(titles()).toEqual(["One", "Three", "Two"]);
  });
  answered.resolve(undefined);
  expect(await screen.findByRole("alert")).toHaveTextContent("Not now.");
  expect(titles()).toEqual(["One", "Two", "Three"]);
});

test("nothing can be moved behind todos that are not shown yet", async () => {
  todos = todosNamed("1", "2", "3", "4", "5", "6").map((todo, index) => ({ ...todo, position: -index }));
  const fetcher = serve(todos);
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("button", { name: "Move 1" }));
  await userEvent.click(screen.getByRole("button", { name: "To the bottom" }));
  await waitFor(() => {
    expect(changes(fetcher)).toEqual([["id-0", { position: -3.5 }]]);
  });
});

test("todos in another order cannot be moved", async () => {
  window.history.replaceState(null, "", "/");
  await showList();
  expect(screen.queryByRole("button", { name: "Move One" })).not.toBeInTheDocument();
});
