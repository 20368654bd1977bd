import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { expect, onTestFinished, test, vi } from "vitest";
import { everything } from "@/client/todos/wanted";
import { Providers } from "@/components/page/providers";
import { TodoList } from "@/components/list/todo-list";
import { milk, serve } from "../support/fake-server";
import { show } from "../support/show";

const overdue = { ...milk, due_date: "2020-02-29", due_time: "09:30" };
const first = { wanted: everything, page: { todos: [overdue], next: null }, at: Date.now() };
const page = (
  <Providers>
    <TodoList first={first} />
  </Providers>
);

test("todos that came with the page are in its HTML, work once scripts run, and are not asked for again", async () => {
  sessionStorage.clear();
  const fetcher = serve([{ ...overdue }]);
  const complaints = vi.spyOn(console, "error");
  const container = document.createElement("div");
  container.innerHTML = renderToString(page);
  document.body.append(container);
  expect(container).toHaveTextContent("Buy milk");
  expect(container).toHaveTextContent("2020-02-29");
  expect(screen.getByRole("checkbox", { name: "Buy milk" })).toBeDisabled();
  const root = await act(() => hydrateRoot(container, page));
  onTestFinished(() => {
    root.unmount();
    container.remove();
  });
  expect(screen.getByText(/Overdue, Feb 29, 2020, 9:30/)).toBeVisible();
  expect(complaints).not.toHaveBeenCalled();
  expect(fetcher).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("checkbox", { name: "Buy milk" }));
  await waitFor(() => {
    expect(fetcher.mock.calls.some(([, init]) => init?.method === "PATCH")).toBe(true);
  });
});

test("todos that came for another list are not shown", async () => {
  window.history.replaceState(null, "", "/?show=done");
  serve([]);
  show(<TodoList first={first} />);
  expect(await screen.findByText("Nothing done yet")).toBeVisible();
});

test("todos that came with the page are asked for again if a change was saved after the page was asked for", async () => {
  sessionStorage.setItem("saved", String(performance.timeOrigin + 1));
  onTestFinished(() => {
    sessionStorage.clear();
  });
  serve([{ ...milk, title: "Buy oat milk" }]);
  show(<TodoList first={first} />);
  expect(await screen.findByText("Buy oat milk")).toBeVisible();
});
