import process from "node:process";

/** Whether there is a process with this id on this machine, whoever it belongs to. */
export const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};
