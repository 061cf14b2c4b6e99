import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A process of its own, so that what it measures of itself is its own doing. One question at a time. */
export interface Child {
  ask<Answer = unknown>(question: object): Promise<Answer>
  stop(): void
}

export function startChild(file: string, args: readonly string[] = []): Child {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child: ChildProcess = fork(path, [...args], { execArgv: ['--import', 'tsx', '--expose-gc'] })
  let failed: Error | undefined
  let settle: { resolve: (answer: never) => void; reject: (error: Error) => void } | undefined
  child.on('message', (answer) => settle?.resolve(answer as never))
  child.on('exit', (code) => {
    failed = new Error(`${file} ended with ${code}`)
    settle?.reject(failed)
  })
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (failed !== undefined) return reject(failed)
        settle = { resolve, reject }
        child.send(question)
      }),
    stop: () => {
      child.removeAllListeners()
      child.kill()
    },
  }
}

/** In the child: answers each question. */
export function answer(handlers: Readonly<Record<string, (question: never) => unknown>>): void {
  process.on('message', async (question: { ask: string }) => {
    try {
      const result = await handlers[question.ask]!(question as never)
      process.send!(result ?? {})
    } catch (error) {
      console.error(error)
      process.exit(1) // the parent's question fails
    }
  })
  process.on('disconnect', () => process.exit())
}
