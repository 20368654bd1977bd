import { daysAfterDone, everyDays } from "./recurrence";
import type { Todo, TodoFields } from "./todo";

/** What stands in the fields of a todo's form. */
export interface Typed {
  readonly title: string;
  readonly notes: string;
  readonly due: string;
  readonly time: string;
  readonly priority: string;
  /** A rule, "" for none, or `afterDone`. */
  readonly recurrence: string;
  /** For `afterDone`: how many days after. */
  readonly days: string;
  readonly tags: string;
}

/** Stands for a todo that is due again some days after it was done. */
export const afterDone = "done";

/** The form as it is before anybody types. */
export function typedOf(todo: Todo): Typed {
  const days = daysAfterDone(todo);
  return {
    title: todo.title,
    notes: todo.notes,
    due: todo.due_date ?? "",
    time: todo.due_time ?? "",
    priority: String(todo.priority),
    recurrence: days === null ? (todo.recurrence ?? "") : afterDone,
    days: String(days ?? 3),
    tags: todo.tags.join(", "),
  };
}

/**
 * The fields that what was typed changes in the todo. Only what differs, so that an edit does not undo what was changed
 * elsewhere meanwhile. An empty title stays as it was.
 */
export function changesOf(todo: Todo, typed: Typed): TodoFields {
  const before = fieldsOf(typedOf(todo));
  const differing = Object.entries(fieldsOf(typed)).filter(
    ([name, value]) => !same(value, before[name as keyof typeof before]) && !(name === "title" && value === ""),
  );
  return Object.fromEntries(differing);
}

/** Whether two values of a field are the same. */
export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The tags in a text that has commas between them. */
export function tagsOf(text: string): string[] {
  const tags = text.split(",").map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ""))];
}

function fieldsOf(typed: Typed): Required<Omit<TodoFields, "done" | "position">> {
  return {
    title: typed.title.trim(),
    notes: typed.notes.replaceAll("\r\n", "\n").trim(),
    due_date: typed.due || null,
    due_time: (typed.due && typed.time.slice(0, 5)) || null,
    priority: Number(typed.priority),
    recurrence: typed.recurrence === afterDone ? everyDays(Number(typed.days) || 1) : typed.recurrence || null,
    repeat_from: typed.recurrence === afterDone ? "done" : "due",
    tags: tagsOf(typed.tags),
  };
}
