import { useEffect, useRef } from "react";

interface Props {
  readonly title: string;
  /** Called once, with the new title, or with null if nothing is to change. */
  readonly finish: (title: string | null) => void;
}

/** A field in the place of a title. Enter or leaving it keeps what was typed, Escape does not. */
export function TitleEditor({ title, finish }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const finished = useRef(false);

  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);

  function finishOnce(value: string | null) {
    if (finished.current) return;
    finished.current = true;
    finish(value);
  }

  return (
    <input
      ref={field}
      aria-label={`Title of ${title}`}
      defaultValue={title}
      maxLength={200}
      autoComplete="off"
      className="min-h-11 w-full rounded-xl border border-field bg-surface px-3"
      onBlur={(event) => {
        finishOnce(event.target.value.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") finishOnce(event.currentTarget.value.trim());
        if (event.key === "Escape") finishOnce(null);
      }}
    />
  );
}
