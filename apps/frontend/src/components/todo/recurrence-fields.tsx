import { useState } from "react";
import { recurrences, recurrenceText } from "@/client/todos/recurrence";
import type { Todo } from "@/client/todos/todo";
import { afterDone, type Typed } from "@/client/todos/todo-form";
import { Field, Select } from "@/components/ui/field";

const scopes = [
  ["all", "This one and all that follow"],
  ["one", "This one only"],
] as const;

interface Props {
  readonly seen: Todo;
  readonly typed: Typed;
}

/** How often a todo repeats, and, if it repeats already, whether the form is for all that follow too. */
export function RecurrenceFields({ seen, typed }: Props) {
  const [chosen, choose] = useState(typed.recurrence);
  // A rule that the assistant or an import has made is none of the choices.
  const own = [...new Set([typed.recurrence, seen.recurrence ?? ""])].filter(
    (rule) => rule !== afterDone && !(rule in recurrences),
  );
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Select
        label="Repeats"
        name="recurrence"
        defaultValue={typed.recurrence}
        onChange={(event) => {
          choose(event.target.value);
        }}
        options={[
          ...Object.entries(recurrences),
          [afterDone, "Days after it is done"],
          ...own.map((rule) => [rule, recurrenceText({ ...seen, recurrence: rule })] as const),
        ]}
      />
      {chosen === afterDone ? (
        <Field
          label="How many days after"
          name="days"
          type="number"
          min={1}
          max={999}
          required
          defaultValue={typed.days}
        />
      ) : (
        <input type="hidden" name="days" value={typed.days} />
      )}
      {seen.recurrence !== null && <Select label="Save for" name="scope" defaultValue="all" options={scopes} />}
    </div>
  );
}
