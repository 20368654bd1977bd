import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import { ChangePassword } from "@/components/account/change-password";
import { ConflictCard } from "@/components/todo/conflict-card";
import { CredentialsForm } from "@/components/account/credentials-form";
import { DeleteAccount } from "@/components/account/delete-account";
import { Header } from "@/components/page/header";
import { TodoList } from "@/components/list/todo-list";
import { milk, serve, type Faults } from "../support/fake-server";
import { show } from "../support/show";

// Without a layout nothing can be said about colours here; the tests in a real browser look at these.
const rules = { "color-contrast": { enabled: false } };

const list = (
  <>
    <Header email="ann@example.com" />
    <main>
      <TodoList />
    </main>
  </>
);

const conflict = (
  <main>
    <h1>Your todos</h1>
    <ConflictCard
      conflict={{ seen: milk, fields: { title: "Buy oat milk" }, theirs: { ...milk, title: "Buy soy milk" } }}
      decide={() => undefined}
    />
  </main>
);

const account = (
  <>
    <Header email="ann@example.com" />
    <main>
      <h1>Account</h1>
      <ChangePassword />
      <DeleteAccount />
    </main>
  </>
);

test.each<[string, ReactNode, Faults, () => Promise<unknown>]>([
  ["the sign-in page", <CredentialsForm key="in" kind="signin" />, {}, () => screen.findByLabelText("Email")],
  ["the sign-up page", <CredentialsForm key="up" kind="signup" />, {}, () => screen.findByLabelText("Email")],
  ["the account page", account, {}, () => screen.findByLabelText("New password")],
  ["the list while it loads", list, {}, () => screen.findByText("Loading your todos")],
  ["the list", list, {}, () => screen.findByText("Buy milk")],
  ["the list that could not be loaded", list, { status: 400 }, () => screen.findByRole("alert")],
  ["an edit that crossed with another", conflict, {}, () => screen.findByText("Buy soy milk")],
  [
    "the filters",
    list,
    {},
    async () => userEvent.click(await screen.findByRole("button", { name: "Filter and sort" })),
  ],
  [
    "a selection",
    list,
    {},
    async () => {
      await screen.findByText("Buy milk");
      await userEvent.click(screen.getByRole("button", { name: "Select several" }));
      await userEvent.click(screen.getByRole("checkbox", { name: "Select Buy milk" }));
    },
  ],
  [
    "a list that can be reordered",
    list,
    {},
    async () => {
      window.history.replaceState(null, "", "/?sort=-position");
      await userEvent.click(await screen.findByRole("button", { name: "Move Buy milk" }));
    },
  ],
  [
    "a todo that is edited",
    list,
    {},
    async () => userEvent.click(await screen.findByRole("button", { name: "Edit Buy milk" })),
  ],
])("axe finds nothing wrong with %s", async (_name, content, faults, ready) => {
  serve([{ ...milk }, { ...milk, id: "2", title: "Call Ann", done: true }], faults);
  show(content);
  await ready();
  const { violations } = await axe.run(document.body, { rules });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
});
