import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, expect, test, vi } from "vitest";
import { Assistant } from "@/components/assistant";
import { TodoList } from "@/components/todo-list";
import { milk } from "../support/fake-server";
import { show } from "../support/show";

const id = "7a1c0c2e-6f0f-4c2d-9c5b-0f6f0d0c3a11";
const done = { done: { assistant: "rules" } };
let history: object[];

/** A server whose assistant answers with these events. */
function assistantSays(...events: Record<string, unknown>[]) {
  const text = events
    .flatMap((event) => Object.entries(event))
    .map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
    .join("");
  const fetcher = vi.fn((address: string, init: RequestInit = {}) => {
    const posted = init.method === "POST" && address.endsWith("/messages");
    if (init.method === "DELETE") history = [];
    const asJson = address.includes("/confirmations/") ? { deleted: [] } : history;
    return Promise.resolve(posted ? new Response(text) : Response.json(asJson));
  });
  vi.stubGlobal("fetch", fetcher);
  return fetcher;
}

async function say(content: string) {
  show(<Assistant />);
  await userEvent.click(screen.getByRole("button", { name: "Assistant" }));
  await userEvent.type(screen.getByLabelText("Message"), `${content}{Enter}`);
}

beforeEach(() => {
  history = [];
  Element.prototype.scrollTo = () => undefined;
});

test("sends what was typed, and shows the answer as text, piece by piece", async () => {
  history = [
    { id: 1, role: "user", content: "Hello" },
    { id: 2, role: "assistant", content: "Two todos are <b>open</b>." },
  ];
  const fetcher = assistantSays({ text: { text: "Two todos " } }, { text: { text: "are <b>open</b>." } }, done);
  await say("Hello");
  expect(await screen.findByText(/Two todos are <b>open<\/b>\./)).toBeVisible();
  const sent = fetcher.mock.calls.find(([, init]) => init?.method === "POST");
  expect(sent).toMatchObject(["/api/backend/chat/messages", { body: '{"content":"Hello"}' }]);
});

test.each([
  ["Yes, delete", true],
  ["No, keep", false],
])("a deletion waits for an answer: %s", async (button, approve) => {
  const fetcher = assistantSays({ confirm: { id, todo_ids: [id], titles: ["Buy milk"] } }, done);
  await say("Delete milk");
  expect(await screen.findByText("Delete “Buy milk”?")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: button }));
  await waitFor(() => {
    expect(screen.queryByText("Delete “Buy milk”?")).not.toBeInTheDocument();
  });
  expect(fetcher).toHaveBeenCalledWith(
    `/api/backend/chat/confirmations/${id}`,
    expect.objectContaining({ body: JSON.stringify({ approve }) }),
  );
});

test.each([
  ["rules", "Answered by the built-in rules"],
  ["model", "Answered by the language model"],
])("says who answered: %s", async (assistant, expected) => {
  assistantSays({ text: { text: "Hello." } }, { done: { assistant } });
  await say("Hello");
  expect(await screen.findByText(expected)).toHaveAttribute("role", "status");
});

test("what was deleted after a yes can be brought back", async () => {
  const fetcher = assistantSays({ confirm: { id, todo_ids: [id], titles: ["Buy milk"] } }, done);
  await say("Delete milk");
  const button = await screen.findByRole("button", { name: "Yes, delete" });
  fetcher.mockResolvedValueOnce(Response.json({ deleted: [id] }));
  await userEvent.click(button);
  expect(await screen.findByText("Deleted one todo")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Undo" }));
  await waitFor(() => {
    expect(screen.queryByText("Deleted one todo")).not.toBeInTheDocument();
  });
  expect(fetcher).toHaveBeenCalledWith(
    "/api/backend/todos/bulk",
    expect.objectContaining({ body: JSON.stringify({ action: "restore", ids: [id] }) }),
  );
});

/** A server whose assistant says the first of this and then nothing more, with a list of todos beside it. */
function assistantStarts(event: string, data: unknown, todos: () => object[]) {
  let asked: AbortSignal | null | undefined;
  vi.stubGlobal("fetch", (address: string, init: RequestInit = {}) => {
    if (init.method !== "POST") return Promise.resolve(Response.json(address.includes("/todos") ? todos() : history));
    asked = init.signal;
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
        asked?.addEventListener("abort", () => {
          controller.error(asked?.reason);
        });
      },
    });
    return Promise.resolve(new Response(body));
  });
  return { isStopped: () => asked?.aborted === true };
}

test("an answer that runs can be stopped; what it said so far stays", async () => {
  const server = assistantStarts("text", { text: "Once upon a time" }, () => []);
  await say("Tell me a story");
  expect(await screen.findByText(/Once upon a time/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Stop" }));
  expect(await screen.findByRole("button", { name: "Send" })).toBeVisible();
  expect(server.isStopped()).toBe(true);
  expect(screen.getByText(/Once upon a time \(stopped\)/)).toBeVisible();
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
});

test("what the assistant changes shows in the list at once, while it still talks", async () => {
  let todos: object[] = [];
  assistantStarts("changed", { action: "added", todo_ids: [id] }, () => todos);
  show(
    <>
      <TodoList />
      <Assistant />
    </>,
  );
  await screen.findByText("Nothing to do yet");
  todos = [{ ...milk }];
  await userEvent.click(screen.getByRole("button", { name: "Assistant" }));
  await userEvent.type(screen.getByLabelText("Message"), "Add milk{Enter}");
  expect(await screen.findByRole("checkbox", { name: "Buy milk" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Stop" })).toBeVisible();
});

test.each([
  ["fails", { failed: { detail: "The model is busy." } }, "The model is busy."],
  ["breaks off", { text: { text: "Two" } }, "The answer broke off. Try again."],
])("says so when the answer %s", async (_name, event, expected) => {
  assistantSays(event);
  await say("Hello");
  expect(await screen.findByRole("alert")).toHaveTextContent(expected);
});

test("the conversation can be cleared, and closed by Escape", async () => {
  history = [{ id: 1, role: "user", content: "Hello" }];
  assistantSays(done);
  show(<Assistant />);
  await userEvent.click(screen.getByRole("button", { name: "Assistant" }));
  expect(await screen.findByText("Hello")).toBeVisible();
  expect(
    (await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } }))
      .violations,
  ).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Clear conversation" }));
  await waitFor(() => {
    expect(screen.queryByText("Hello")).not.toBeInTheDocument();
  });
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).not.toBeInTheDocument();
});
