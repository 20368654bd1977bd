/** Set for the program by `npm run dev` alone: the pods are to get their code from it. */
export const developmentVariable = "TODO_STACK_DEVELOPMENT";

/**
 * The two parts of the application: where their build contexts are, relative to the checkout, and in which folders of
 * them the code.
 */
export const applications = {
  backend: { context: "./apps/backend", code: ["src"] },
  frontend: { context: "./apps/frontend", code: ["public", "runtime", "src"] },
};
