/** The mark and the name of the application. */
export function Logo() {
  return (
    <span className="inline-flex items-center gap-2.5 text-lg font-semibold tracking-tight">
      <svg viewBox="0 0 32 32" aria-hidden className="size-7">
        <rect width="32" height="32" rx="9" className="fill-accent" />
        <path
          d="M9 16.8l4.8 4.7L23.2 11"
          className="fill-none stroke-on-accent"
          strokeWidth="3.4"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      Todo
    </span>
  );
}
