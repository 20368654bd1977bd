import { describe, expect, test } from "vitest";
import { addressOf, everything, queryOf, wantedFrom, type Wanted } from "@/client/todos/wanted";

const wednesday = new Date(2026, 6, 1, 12);

function asked(wanted: Partial<Wanted>): Record<string, string> {
  return Object.fromEntries(queryOf({ ...everything, ...wanted }, wednesday));
}

describe("the address", () => {
  test("is plain when everything is wanted", () => {
    expect(addressOf(everything)).toBe("/");
    expect(wantedFrom(new URLSearchParams())).toEqual(everything);
  });

  test("keeps every choice", () => {
    const wanted: Wanted = {
      view: "upcoming",
      show: "open",
      words: "a & b",
      tag: "home",
      priority: "none",
      due: "week",
      sort: "-position",
    };
    expect(wantedFrom(new URL(addressOf(wanted), "http://localhost").searchParams)).toEqual(wanted);
  });

  test("with values that do not exist stands for everything", () => {
    const query = new URLSearchParams("show=toString&priority=9&due=never&sort=__proto__&x=1");
    expect(wantedFrom(query)).toEqual(everything);
  });
});

test.each<[string, Partial<Wanted>, Record<string, string>]>([
  ["everything", {}, {}],
  ["open ones", { show: "open" }, { done: "false" }],
  ["no priority", { priority: "none" }, { priority: "0" }],
  ["high priority", { priority: "high" }, { priority: "3" }],
  ["an order", { sort: "title" }, { sort: "title" }],
  ["due today", { due: "today" }, { due_from: "2026-07-01", due_to: "2026-07-01" }],
  ["due this week", { due: "week" }, { due_from: "2026-06-29", due_to: "2026-07-05" }],
  ["overdue, which done ones are not", { due: "overdue" }, { due: "overdue", done: "false" }],
  ["what is to be done today", { view: "today" }, { due_to: "2026-07-01", done: "false", sort: "due_date" }],
  ["what was done today", { view: "today", show: "done" }, { due_to: "2026-07-01", done: "true", sort: "due_date" }],
  ["what comes after", { view: "upcoming" }, { due_from: "2026-07-02", done: "false", sort: "due_date" }],
  [
    "what comes after in an order",
    { view: "upcoming", sort: "title" },
    { due_from: "2026-07-02", done: "false", sort: "title" },
  ],
  [
    "what comes this week",
    { view: "upcoming", due: "week" },
    { due_from: "2026-07-02", due_to: "2026-07-05", done: "false", sort: "due_date" },
  ],
  ["done, though late", { due: "overdue", show: "done" }, { due_to: "2026-06-30", done: "true" }],
])("asks the backend for %s", (_name, wanted, expected) => {
  expect(asked(wanted)).toEqual(expected);
});

test.each([
  [new Date(2026, 6, 6), "2026-07-06"],
  [new Date(2026, 6, 12), "2026-07-06"],
])("a week begins on Monday: %s", (day, monday) => {
  expect(queryOf({ ...everything, due: "week" }, day).get("due_from")).toBe(monday);
});
