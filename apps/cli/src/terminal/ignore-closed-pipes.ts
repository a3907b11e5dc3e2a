/**
 * Lets the program go on when nobody reads its output any more, as `head` does after its lines: what was to be done is
 * done all the same, and no stack is printed. Whoever writes answers there hears of it by listeners of their own.
 *
 * Any other error of a stream stays what it is without this: the end of the process.
 */
export function ignoreClosedPipes(streams: readonly NodeJS.WritableStream[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}
