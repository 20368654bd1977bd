import { dayAfter, dayOf, weekOf } from "./day";

/** What the list is looked at for: everything, what is to be done today, or what is due after that. */
export const views = { "": "Todos", today: "Today", upcoming: "Upcoming" } as const;

/** Which todos are shown, by whether they are done. */
export const shows = { all: "All", open: "Open", done: "Done" } as const;

/**
 * When the shown todos are due. A week goes from Monday to Sunday. Overdue are only open todos, those too whose time
 * today is over.
 */
export const dues = { "": "Any day", overdue: "Overdue", today: "Today", week: "This week" } as const;

/** Of which priority. */
export const priorityChoices = { "": "Any", high: "High", medium: "Medium", low: "Low", none: "None" } as const;

/** In which order. */
export const sorts = {
  "-created_at": "Newest first",
  created_at: "Oldest first",
  "-position": "My own order",
  due_date: "Due date",
  "-priority": "Priority",
  title: "Title",
} as const;

/** Which todos are wanted, in what order. "" stands for any. */
export interface Wanted {
  /** All views but the first show open todos, what is due first on top, unless another order is chosen. */
  readonly view: keyof typeof views;
  readonly show: keyof typeof shows;
  /** Words, or beginnings of words, in title or notes. */
  readonly words: string;
  readonly tag: string;
  readonly priority: keyof typeof priorityChoices;
  readonly due: keyof typeof dues;
  readonly sort: keyof typeof sorts;
}

/** Everything, newest first. */
export const everything: Wanted = {
  view: "",
  show: "all",
  words: "",
  tag: "",
  priority: "",
  due: "",
  sort: "-created_at",
};

/** The order that these come in. */
export function sortOf({ view, sort }: Pick<Wanted, "view" | "sort">): Wanted["sort"] {
  return view !== "" && sort === everything.sort ? "due_date" : sort;
}

/** How many of the filters that are not always in view are set. */
export function filtersSet({ tag, priority, due }: Wanted): number {
  return [tag, priority, due].filter((value) => value !== "").length;
}

/** Reads what is wanted from the query of the page's address; what makes no sense there is left out. */
export function wantedFrom(query: Pick<URLSearchParams, "get">): Wanted {
  return {
    view: keyOf(views, query.get("view")) ?? everything.view,
    show: keyOf(shows, query.get("show")) ?? everything.show,
    words: query.get("q")?.slice(0, 200) ?? "",
    tag: query.get("tag")?.slice(0, 40) ?? "",
    priority: keyOf(priorityChoices, query.get("priority")) ?? "",
    due: keyOf(dues, query.get("due")) ?? "",
    sort: keyOf(sorts, query.get("sort")) ?? everything.sort,
  };
}

/** The address of the page that shows this; the counterpart of `wantedFrom`. */
export function addressOf({ words, ...rest }: Wanted): string {
  const values = Object.entries({ ...rest, q: words });
  const defaults: Record<string, string> = { ...everything, q: "" };
  const query = new URLSearchParams(values.filter(([name, value]) => value !== defaults[name]));
  return query.size === 0 ? "/" : `/?${query}`;
}

/** The backend's query for this, on the day `now`. */
export function queryOf(wanted: Wanted, now: Date): URLSearchParams {
  const { view, show, words, tag, priority, due } = wanted;
  const sort = sortOf(wanted);
  const open = due === "overdue" || view !== "";
  const done = show === "all" ? (open ? "false" : "") : String(show === "done");
  const values = {
    done,
    q: words,
    tag,
    priority: priority === "" ? "" : String(levels.indexOf(priority)),
    ...dueDays(wanted, now),
    sort: sort === everything.sort ? "" : sort,
  };
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ""));
}

/** In the order of the backend's numbers. */
const levels = ["none", "low", "medium", "high"];

function dueDays({ view, show, due }: Wanted, now: Date): Record<string, string> {
  const today = dayOf(now);
  // What is done is not overdue any more: where only that is wanted, it is what was meant for an earlier day.
  if (due === "overdue") return show === "done" ? { due_to: dayAfter(now, -1) } : { due };
  if (due === "today") return { due_from: today, due_to: today };
  const { from, to } = due === "week" ? weekOf(now) : { from: "", to: "" };
  // What should have been done before is to be done today too.
  if (view === "today") return { due_from: from, due_to: to !== "" && to < today ? to : today };
  if (view === "upcoming") return { due_from: dayAfter(now, 1), due_to: to };
  return { due_from: from, due_to: to };
}

function keyOf<T extends object>(choices: T, value: string | null): keyof T | undefined {
  return value !== null && Object.hasOwn(choices, value) ? (value as keyof T) : undefined;
}
