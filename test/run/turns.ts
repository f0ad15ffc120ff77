// Runs tasks a few at a time and keeps their answers in order.

/** Starts the next task when one ends; at most `width` run at once. Fails with the first failure. */
export async function runInTurns<T>(tasks: readonly (() => Promise<T>)[], width: number): Promise<T[]> {
  const answers: T[] = []
  const queue = tasks.entries()
  const work = async (): Promise<void> => {
    for (const [at, task] of queue) answers[at] = await task()
  }
  await Promise.all(Array.from({ length: width }, work))
  return answers
}
