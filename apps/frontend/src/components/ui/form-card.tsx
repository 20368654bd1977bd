import type { ReactNode, SubmitEvent } from "react";

interface Props {
  readonly title: string;
  readonly text: string;
  readonly submit: (form: FormData, element: HTMLFormElement) => void;
  readonly children: ReactNode;
}

/** A form in a box of its own, with a title and a line that says what it does. */
export function FormCard({ title, text, submit, children }: Props) {
  function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    submit(new FormData(event.currentTarget), event.currentTarget);
  }
  return (
    <form method="post" onSubmit={onSubmit} className="grid gap-5 rounded-2xl border border-line bg-surface p-5 sm:p-7">
      <div className="grid gap-1">
        <h2 className="text-lg font-semibold">{title}</h2>
        <p className="text-sm text-soft">{text}</p>
      </div>
      {children}
    </form>
  );
}

/** What was typed into a field of a form. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}
