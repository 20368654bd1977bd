import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CredentialsForm } from "@/components/account/credentials-form";
import { show } from "../support/show";

const fetcher = vi.fn<typeof fetch>();
const assign = vi.fn();

beforeEach(() => {
  vi.stubGlobal("fetch", fetcher);
  vi.stubGlobal("location", { assign });
});

afterEach(() => {
  fetcher.mockReset();
  assign.mockReset();
});

async function fillAndSend(kind: "signin" | "signup") {
  show(<CredentialsForm kind={kind} />);
  await userEvent.type(screen.getByLabelText("Email"), " ann@example.com ");
  await userEvent.type(screen.getByLabelText("Password"), "correct horse");
  await userEvent.click(screen.getByRole("button", { name: kind === "signin" ? "Sign in" : "Sign up" }));
}

test.each([
  ["signin", "/api/session"],
  ["signup", "/api/account"],
] as const)("%s sends what was typed to %s and opens the list", async (kind, address) => {
  fetcher.mockResolvedValue(new Response(null, { status: 204 }));
  await fillAndSend(kind);
  const [url, init] = fetcher.mock.calls[0] ?? [];
  expect(url).toBe(address);
  expect(JSON.parse(init?.body as string)).toEqual({ email: "ann@example.com", password: "correct horse" });
  expect(assign).toHaveBeenCalledWith("/");
});

test("a refusal is announced, and the form can be sent again", async () => {
  fetcher.mockResolvedValue(Response.json({ detail: "Email or password is wrong." }, { status: 401 }));
  await fillAndSend("signin");
  expect(await screen.findByRole("alert")).toHaveTextContent("Email or password is wrong.");
  expect(screen.getByRole("button", { name: "Sign in" })).toBeEnabled();
  expect(assign).not.toHaveBeenCalled();
});

test("a lost connection is said in words", async () => {
  fetcher.mockRejectedValue(new TypeError("Failed to fetch"));
  await fillAndSend("signin");
  expect(await screen.findByRole("alert")).toHaveTextContent("The server could not be reached.");
});
