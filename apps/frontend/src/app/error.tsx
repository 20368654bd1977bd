"use client";

import { Notice } from "@/components/ui/notice";
import { Button } from "@/components/ui/button";

/** Shown when a page cannot be made, mostly because the backend is away. */
export default function ErrorPage() {
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-md content-center gap-6 px-4">
      <Notice title="This page could not be loaded">
        The service behind it is not answering. Your todos are safe; try again in a moment.
      </Notice>
      <Button
        onClick={() => {
          window.location.reload();
        }}
      >
        Try again
      </Button>
    </main>
  );
}
