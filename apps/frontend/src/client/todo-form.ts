import type { Todo, TodoFields } from "./todo";

/** What stands in the fields of a todo's form. */
export interface Typed {
  readonly title: string;
  readonly notes: string;
  readonly due: string;
  readonly priority: string;
  readonly recurrence: string;
  readonly tags: string;
}

/** The form as it is before anybody types. */
export function typedOf(todo: Todo): Typed {
  return {
    title: todo.title,
    notes: todo.notes,
    due: todo.due_date ?? "",
    priority: String(todo.priority),
    recurrence: todo.recurrence ?? "",
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

function fieldsOf(typed: Typed): Required<Omit<TodoFields, "done" | "position">> {
  const tags = typed.tags.split(",").map((tag) => tag.trim());
  return {
    title: typed.title.trim(),
    notes: typed.notes.replaceAll("\r\n", "\n").trim(),
    due_date: typed.due || null,
    priority: Number(typed.priority),
    recurrence: (typed.recurrence || null) as Todo["recurrence"],
    tags: [...new Set(tags.filter((tag) => tag !== ""))],
  };
}
