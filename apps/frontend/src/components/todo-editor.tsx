import { useEffect, useRef, type SubmitEvent } from "react";
import { priorities, recurrences, type Todo, type TodoFields } from "@/client/todo";
import { Button } from "./button";
import { Field, Select, TextArea } from "./field";
import { textOf } from "./form-card";

interface Props {
  readonly todo: Todo;
  /** Called with what is to change, or with null if nothing is. */
  readonly finish: (fields: TodoFields | null) => void;
}

/** A form in the place of a todo. Enter in a one-line field saves, Escape gives up. */
export function TodoEditor({ todo, finish }: Props) {
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    const title = form.current?.elements.namedItem("title");
    if (title instanceof HTMLInputElement) {
      title.focus();
      title.select();
    }
    const giveUp = (event: KeyboardEvent) => {
      if (event.key === "Escape") finish(null);
    };
    const element = form.current;
    element?.addEventListener("keydown", giveUp);
    return () => {
      element?.removeEventListener("keydown", giveUp);
    };
  }, [finish]);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const changed = changes(todo, fieldsOf(new FormData(event.currentTarget)));
    finish(Object.keys(changed).length === 0 ? null : changed);
  }

  return (
    <form ref={form} method="post" onSubmit={submit} aria-label={`Edit ${todo.title}`} className="grid gap-4 p-4">
      <Field label="Title" name="title" defaultValue={todo.title} required maxLength={200} autoComplete="off" />
      <TextArea label="Notes" name="notes" defaultValue={todo.notes} maxLength={10_000} rows={3} />
      <div className="grid gap-4 sm:grid-cols-3">
        <Field label="Due date" name="due" type="date" defaultValue={todo.due_date ?? ""} />
        <Select
          label="Priority"
          name="priority"
          defaultValue={todo.priority}
          options={priorities.map((name, value) => [String(value), name])}
        />
        <Select
          label="Repeats"
          name="recurrence"
          defaultValue={todo.recurrence ?? ""}
          options={Object.entries(recurrences)}
        />
      </div>
      <Field
        label="Tags"
        hint="With commas between them."
        name="tags"
        defaultValue={todo.tags.join(", ")}
        autoComplete="off"
      />
      <div className="flex gap-2">
        <Button type="submit">Save</Button>
        <Button
          look="plain"
          onClick={() => {
            finish(null);
          }}
        >
          Cancel
        </Button>
      </div>
    </form>
  );
}

function fieldsOf(form: FormData): Required<Omit<TodoFields, "done" | "position">> {
  const tags = textOf(form, "tags")
    .split(",")
    .map((tag) => tag.trim());
  return {
    title: textOf(form, "title").trim(),
    notes: textOf(form, "notes").replaceAll("\r\n", "\n").trim(),
    due_date: textOf(form, "due") || null,
    priority: Number(textOf(form, "priority")),
    recurrence: (textOf(form, "recurrence") || null) as Todo["recurrence"],
    tags: [...new Set(tags.filter((tag) => tag !== ""))],
  };
}

/** Only what differs, so that an edit does not undo what was changed elsewhere meanwhile. An empty title stays as it was. */
function changes(todo: Todo, fields: ReturnType<typeof fieldsOf>): TodoFields {
  const differing = Object.entries(fields).filter(
    ([name, value]) =>
      JSON.stringify(value) !== JSON.stringify(todo[name as keyof Todo]) && !(name === "title" && value === ""),
  );
  return Object.fromEntries(differing);
}
