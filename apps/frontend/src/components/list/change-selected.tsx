import { useState, type SubmitEvent } from "react";
import type { BulkChanges } from "@/client/changes/change";
import { dayAfter } from "@/client/todos/day";
import { priorities } from "@/client/todos/todo";
import { tagsOf } from "@/client/todos/todo-form";
import { Button } from "@/components/ui/button";
import { Field, Select } from "@/components/ui/field";
import { textOf } from "@/components/ui/form-card";

const asIs = ["", "As it is"] as const;
const days = [
  asIs,
  ["0", "Today"],
  ["1", "Tomorrow"],
  ["7", "In a week"],
  ["on", "On a day"],
  ["none", "None"],
] as const;

interface Props {
  readonly count: number;
  readonly change: (changes: BulkChanges) => void;
}

/** A form that changes due date, priority and tags of all selected todos at once. What is left as it is stays. */
export function ChangeSelected({ count, change }: Props) {
  const [due, chooseDue] = useState("");

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const changes = changesIn(new FormData(event.currentTarget));
    if (Object.keys(changes).length > 0) change(changes);
  }

  return (
    <form
      method="post"
      aria-label="Change selected todos"
      onSubmit={submit}
      className="grid gap-4 border-t border-line pt-4"
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label="Due date"
          name="due"
          value={due}
          options={days}
          onChange={(event) => {
            chooseDue(event.target.value);
          }}
        />
        {due === "on" && <Field label="Day" name="day" type="date" required />}
        <Select
          label="Priority"
          name="priority"
          defaultValue=""
          options={[asIs, ...priorities.map((name, value) => [String(value), name] as const)]}
        />
        <Field label="Add tags" hint="With commas between them." name="add" autoComplete="off" />
        <Field label="Take tags away" name="remove" autoComplete="off" />
      </div>
      <Button type="submit" disabled={count === 0} className="justify-self-start">
        Change {count === 1 ? "1 todo" : `${count} todos`}
      </Button>
    </form>
  );
}

function changesIn(data: FormData): BulkChanges {
  const due = textOf(data, "due");
  const priority = textOf(data, "priority");
  const [added, removed] = [tagsOf(textOf(data, "add")), tagsOf(textOf(data, "remove"))];
  return {
    ...(due !== "" && { due_date: dayOf(due, textOf(data, "day")) }),
    ...(priority !== "" && { priority: Number(priority) }),
    ...(added.length > 0 && { add_tags: added }),
    ...(removed.length > 0 && { remove_tags: removed }),
  };
}

function dayOf(due: string, day: string): string | null {
  if (due === "none") return null;
  return due === "on" ? day : dayAfter(new Date(), Number(due));
}
