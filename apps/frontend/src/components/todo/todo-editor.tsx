import { useState, type SubmitEvent } from "react";
import { priorities } from "@/client/todos/todo";
import type { Typed } from "@/client/todos/todo-form";
import { changesAnything, type Draft, type Editing } from "@/client/kept/unsaved";
import { Button } from "@/components/ui/button";
import { Field, Select, TextArea } from "@/components/ui/field";
import { textOf } from "@/components/ui/form-card";
import { Notice } from "@/components/ui/notice";
import { RecurrenceFields } from "./recurrence-fields";
import { useOpenForm } from "./use-open-form";

interface Props {
  readonly draft: Draft;
  readonly editing: Editing;
  /** Called when the form is about to close. */
  readonly closing: () => void;
}

/** A form in the place of a todo. Enter in a one-line field saves, Escape gives up. What is typed is kept meanwhile. */
export function TodoEditor({ draft, editing, closing }: Props) {
  // The fields keep what is typed in them by themselves.
  const [{ typed }] = useState(draft);
  const { seen, refusal } = draft;
  const form = useOpenForm({ focus: focusOf(draft), giveUp });

  function giveUp() {
    closing();
    editing.drop(draft);
  }

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    closing();
    const { currentTarget } = event;
    editing.save(seen, typedIn(currentTarget), textOf(new FormData(currentTarget), "scope") === "one");
  }

  return (
    <form
      ref={form}
      method="post"
      onSubmit={submit}
      onInput={(event) => {
        editing.type(draft, typedIn(event.currentTarget));
      }}
      aria-label={`Edit ${seen.title}`}
      className="grid gap-4 p-4"
    >
      {refusal !== undefined && <Notice title="That change was not saved">{refusal}</Notice>}
      <Field label="Title" name="title" defaultValue={typed.title} required maxLength={200} autoComplete="off" />
      <TextArea label="Notes" name="notes" defaultValue={typed.notes} maxLength={10_000} rows={3} />
      <div className="grid gap-4 sm:grid-cols-3">
        <Field label="Due date" name="due" type="date" defaultValue={typed.due} />
        <Field label="Time" name="time" type="time" defaultValue={typed.time} />
        <Select
          label="Priority"
          name="priority"
          defaultValue={typed.priority}
          options={priorities.map((name, value) => [String(value), name])}
        />
      </div>
      <RecurrenceFields seen={seen} typed={typed} />
      <Field label="Tags" hint="With commas between them." name="tags" defaultValue={typed.tags} autoComplete="off" />
      <div className="flex flex-wrap gap-2">
        <Button type="submit">Save</Button>
        <Button look="plain" onClick={giveUp}>
          Cancel
        </Button>
        {seen.recurrence !== null && !seen.done && (
          <Button
            look="quiet"
            onClick={() => {
              closing();
              editing.skip(draft);
            }}
          >
            Skip this time
          </Button>
        )}
      </div>
    </form>
  );
}

/** A form that comes back with the page must not take the focus away, unless what it says was refused. */
function focusOf(draft: Draft): "text" | "end" | "none" {
  if (!changesAnything(draft)) return "text";
  return draft.refusal === undefined ? "none" : "end";
}

function typedIn(form: HTMLFormElement): Typed {
  const data = new FormData(form);
  return {
    title: textOf(data, "title"),
    notes: textOf(data, "notes"),
    due: textOf(data, "due"),
    time: textOf(data, "time"),
    priority: textOf(data, "priority"),
    recurrence: textOf(data, "recurrence"),
    days: textOf(data, "days"),
    tags: textOf(data, "tags"),
  };
}
