/** One thing that set-up makes sure of. */
export interface Step {
  /** What is made, as a noun: `minikube 1.38.1`. Also the name of its log file. */
  title: string;
  /**
   * True if it keeps the processor busy: such steps run one after the other, beside all others, which wait for the
   * network.
   */
  compiles?: true;
  /** The titles of steps whose results it uses and that may run beside it. */
  needs?: string[];
  /** True when there is nothing to do. Must be quick, and must not change anything. */
  isDone: () => Promise<boolean>;
  /**
   * Does the work; safe to run again after an interruption, since it puts its result in place in one last move.
   * @param report shows one line of progress beside the title.
   * @throws UserError when it cannot be done, saying what to do about it.
   */
  run: (report: (line: string) => void) => Promise<void>;
}
