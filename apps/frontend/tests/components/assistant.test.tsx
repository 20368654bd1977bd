import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, expect, test, vi } from "vitest";
import { Assistant } from "@/components/assistant";
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
    return Promise.resolve(posted ? new Response(text) : Response.json(history));
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
