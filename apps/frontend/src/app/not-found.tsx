import Link from "next/link";

export default function NotFound() {
  return (
    <main className="mx-auto grid min-h-dvh max-w-md content-center justify-items-center gap-3 px-4 text-center">
      <h1 className="text-2xl font-semibold">There is nothing here</h1>
      <p className="text-soft">The address may be mistyped, or the page is gone.</p>
      <Link href="/" className="font-medium text-accent underline underline-offset-4">
        To your todos
      </Link>
    </main>
  );
}
