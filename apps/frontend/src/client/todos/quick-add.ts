import type { components } from "@/client/api/api-types";
import { dueText } from "./due";
import { recurrenceText } from "./recurrence";
import { ask, read } from "@/client/api/request";
import { pendingTodo, priorities, type Todo } from "./todo";

/** What was understood of a text besides its title. */
export type Understood = components["schemas"]["Parsed"];

/** A part of a text, in the units of JavaScript's `slice`. */
type Span = Pick<Understood["spans"][number], "start" | "end">;

/** What is typed into the one field, and which words of it belong to the title whatever they look like. */
export interface QuickText {
  readonly text: string;
  readonly keep: readonly string[];
}

/** One thing that was understood, as it is shown. `words` are those of the text. */
export interface Chip {
  readonly kind: Understood["spans"][number]["kind"];
  readonly label: string;
  readonly words: string;
  readonly start: number;
}

/** The fields that a new todo may have from the start. */
export type NewTodo = components["schemas"]["TodoCreate"];

/** Asks the server what it understands of a text. */
export function parse({ text, keep }: QuickText, signal?: AbortSignal): Promise<Understood> {
  const body = { text, locale: navigator.language, keep: keep.flatMap((words) => spansOf(text, words)) };
  return read<Understood>(ask("POST", "/api/backend/todos/parse", body, { signal: signal ?? null }));
}

/** What was understood, part by part. */
export function chipsOf(text: string, understood: Understood): readonly Chip[] {
  return understood.spans.map(({ kind, start, end }) => {
    const words = text.slice(start, end);
    return { kind, label: labelOf(kind, words, understood), words, start };
  });
}

/** The todo that this text makes, shown until the server has it. Text of which nothing is known yet is all title. */
export function todoOf(text: string, understood: Understood | undefined): Todo {
  if (understood === undefined || understood.title === "") return pendingTodo(text);
  const { title, due_date, due_time, recurrence, repeat_from, tags, priority } = understood;
  return { ...pendingTodo(text), title, due_date, due_time, recurrence, repeat_from, tags, priority };
}

/** What the server is told of a new todo. */
export function fieldsOf({
  id,
  title,
  due_date,
  due_time,
  recurrence,
  repeat_from,
  tags,
  priority,
}: Todo): Partial<NewTodo> {
  return {
    id,
    title,
    ...(due_date !== null && { due_date }),
    ...(due_time !== null && { due_time }),
    ...(recurrence !== null && { recurrence, repeat_from }),
    ...(tags.length > 0 && { tags }),
    ...(priority > 0 && { priority }),
  };
}

function labelOf(kind: Understood["spans"][number]["kind"], words: string, understood: Understood): string {
  if (kind === "due" && understood.due_date !== null) return dueText(understood.due_date, understood.due_time);
  if (kind === "recurrence") return recurrenceText(understood);
  if (kind === "priority") return `${priorities[understood.priority] ?? ""} priority`;
  return words;
}

function spansOf(text: string, words: string): readonly Span[] {
  const spans: Span[] = [];
  for (let start = text.indexOf(words); start >= 0; start = text.indexOf(words, start + words.length)) {
    spans.push({ start, end: start + words.length });
  }
  return spans;
}
