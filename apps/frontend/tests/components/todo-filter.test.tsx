import { act, renderHook, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { dayOf } from "@/client/todos/day";
import { useWanted } from "@/client/todos/use-wanted";
import { everything } from "@/client/todos/wanted";
import { TodoList } from "@/components/list/todo-list";
import { serve, todosNamed } from "../support/fake-server";
import { show } from "../support/show";

afterEach(() => {
  vi.useRealTimers();
});

function servePair() {
  const [milk, ann] = todosNamed("Buy milk", "Call Ann");
  if (milk === undefined || ann === undefined) throw new Error("two todos");
  return serve([
    { ...milk, tags: ["shop"], priority: 3, due_date: "2020-02-29" },
    { ...ann, tags: ["home"], due_date: dayOf(new Date()) },
  ]);
}

const titles = () => screen.queryAllByRole("checkbox").map((box) => box.closest("label")?.textContent);

async function openPanel() {
  await screen.findByText("Buy milk");
  await userEvent.click(screen.getByRole("button", { name: "Filter and sort" }));
  return within(screen.getByRole("group", { name: "Filters" }));
}

test.each([
  ["Tag", "shop", "?tag=shop", ["Buy milk"]],
  ["Priority", "None", "?priority=none", ["Call Ann"]],
  ["Due", "Overdue", "?due=overdue", ["Buy milk"]],
  ["Due", "Today", "?due=today", ["Call Ann"]],
])("filters by %s: %s, and says so in the address", async (label, choice, address, expected) => {
  servePair();
  show(<TodoList />);
  const panel = await openPanel();
  await userEvent.selectOptions(panel.getByLabelText(label), choice);
  await waitFor(() => {
    expect(titles()).toEqual(expected);
  });
  expect(window.location.search).toBe(address);
  await userEvent.click(panel.getByRole("button", { name: "Clear filters" }));
  await waitFor(() => {
    expect(titles()).toEqual(["Buy milk", "Call Ann"]);
  });
  expect(window.location.search).toBe("");
});

test("overdue is what the rows say is overdue, also what was due at an hour of today that is over", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date(2030, 0, 31, 15) });
  const times = { "Buy milk": "09:00", "Call Ann": "16:00" };
  serve(
    todosNamed(...Object.keys(times)).map((todo, index) => ({
      ...todo,
      due_date: "2030-01-31",
      due_time: Object.values(times)[index] ?? null,
    })),
  );
  show(<TodoList />);
  const panel = await openPanel();
  expect(screen.getAllByText(/Overdue,/)).toHaveLength(1);
  await userEvent.selectOptions(panel.getByLabelText("Due"), "Overdue");
  await waitFor(() => {
    expect(titles()).toEqual(["Buy milk"]);
  });
});

test("sorts", async () => {
  serve(todosNamed("Pears", "Apples"));
  show(<TodoList />);
  await screen.findByText("Pears");
  await userEvent.click(screen.getByRole("button", { name: "Filter and sort" }));
  await userEvent.selectOptions(screen.getByLabelText("Sort by"), "Title");
  await waitFor(() => {
    expect(titles()).toEqual(["Apples", "Pears"]);
  });
  expect(window.location.search).toBe("?sort=title");
});

test("a choice keeps the one before it, of which the page has not heard yet", () => {
  const { result } = renderHook(() => useWanted());
  const [, choose] = result.current;
  act(() => {
    choose({ sort: "title" });
    choose({ words: "milk" });
    choose({ show: "open", words: "" });
  });
  expect(window.location.search).toBe("?show=open&sort=title");
  act(() => {
    choose({ ...everything, view: "today" });
  });
  expect(window.location.search).toBe("?view=today");
});

test("a reload shows the same todos, with the filters in view", async () => {
  servePair();
  window.history.replaceState(null, "", "/?tag=home&show=open&q=Ann");
  show(<TodoList />);
  expect(await screen.findByText("Call Ann")).toBeVisible();
  expect(titles()).toEqual(["Call Ann"]);
  expect(screen.getByLabelText("Tag")).toHaveValue("home");
  expect(screen.getByLabelText("Search")).toHaveValue("Ann");
  expect(screen.getByRole("button", { name: "Open" })).toHaveAttribute("aria-pressed", "true");
  expect(screen.getByRole("button", { name: "Filter and sort, 1 set" })).toHaveAttribute("aria-expanded", "true");
});

test("a tag in the list narrows the list down to it", async () => {
  servePair();
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("button", { name: "home" }));
  await waitFor(() => {
    expect(titles()).toEqual(["Call Ann"]);
  });
  expect(window.location.search).toBe("?tag=home");
});

test("filters that let nothing through say so", async () => {
  servePair();
  window.history.replaceState(null, "", "/?tag=garden");
  show(<TodoList />);
  expect(await screen.findByText("No todo here fits all of the filters.")).toBeVisible();
  expect(screen.getByLabelText("Tag")).toHaveValue("garden");
});

test("the search shows what the address asks for, also when something else has changed that", async () => {
  serve(todosNamed("Buy milk", "Call Ann"));
  show(<TodoList />);
  await screen.findByText("Buy milk");
  await userEvent.type(screen.getByLabelText("Search"), "milk");
  await waitFor(() => {
    expect(window.location.search).toBe("?q=milk");
  });
  for (const [address, words] of [
    ["/?q=Ann", "Ann"],
    ["/", ""],
    ["/?q=milk", "milk"],
  ] as const) {
    act(() => {
      window.history.replaceState(null, "", address);
    });
    expect(screen.getByLabelText("Search")).toHaveValue(words);
    await new Promise((passed) => setTimeout(passed, 300));
    expect(window.location.pathname + window.location.search).toBe(address);
  }
});
