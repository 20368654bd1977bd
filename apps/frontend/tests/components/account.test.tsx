import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { ChangePassword } from "@/components/account/change-password";
import { DeleteAccount } from "@/components/account/delete-account";
import { show } from "../support/show";

const fetcher = vi.fn<typeof fetch>();
const assign = vi.fn();

beforeEach(() => {
  fetcher.mockReset();
  assign.mockReset();
  vi.stubGlobal("fetch", fetcher);
  vi.stubGlobal("location", { assign });
});

function sent() {
  const [address, init] = fetcher.mock.calls[0] ?? [];
  return { address, method: init?.method, body: JSON.parse(init?.body as string) as unknown };
}

async function change() {
  show(<ChangePassword />);
  await userEvent.type(screen.getByLabelText("Current password"), "correct horse");
  await userEvent.type(screen.getByLabelText("New password"), "battery staple");
  await userEvent.click(screen.getByRole("button", { name: "Change password" }));
}

async function remove() {
  show(<DeleteAccount />);
  await userEvent.type(screen.getByLabelText("Your password, to confirm"), "correct horse");
  await userEvent.click(screen.getByRole("button", { name: "Delete account" }));
}

test("changes the password, says so, and forgets what was typed", async () => {
  fetcher.mockResolvedValue(new Response(null, { status: 204 }));
  await change();
  expect(await screen.findByText("Your password is changed.")).toBeVisible();
  expect(sent()).toEqual({
    address: "/api/backend/auth/password",
    method: "POST",
    body: { current_password: "correct horse", new_password: "battery staple" },
  });
  expect(screen.getByLabelText("Current password")).toHaveValue("");
});

test("a refused change is announced", async () => {
  fetcher.mockResolvedValue(Response.json({ detail: "That is not your password." }, { status: 403 }));
  await change();
  expect(await screen.findByRole("alert")).toHaveTextContent("That is not your password.");
});

test("deletes the account and leaves", async () => {
  fetcher.mockResolvedValue(new Response(null, { status: 204 }));
  await remove();
  expect(sent()).toEqual({ address: "/api/account", method: "DELETE", body: { password: "correct horse" } });
  expect(assign).toHaveBeenCalledWith("/signup");
});

test("a wrong password keeps the account, and says so", async () => {
  fetcher.mockResolvedValue(Response.json({ detail: "That is not your password." }, { status: 403 }));
  await remove();
  expect(await screen.findByRole("alert")).toHaveTextContent("That is not your password.");
  expect(assign).not.toHaveBeenCalled();
});
