import { BLOB_PIECE_BYTES, type BlobBytes } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { aBlob, aRowWithBlobs } from '../../src/index.js'
import { EngineBench } from './engine-bench.js'

const file = aBlob(BLOB_PIECE_BYTES + 5)
const hashText = Buffer.from(file.hash).toString('hex')
const base64 = (blob: BlobBytes): string => Buffer.from(blob.bytes).toString('base64')

function damaged({ hash, bytes }: BlobBytes): BlobBytes {
  return { hash, bytes: bytes.map((byte, at) => (at === 7 ? byte ^ 1 : byte)) }
}

async function bench(): Promise<EngineBench> {
  const made = new EngineBench()
  await made.setPolicy()
  return made
}

async function ends(made: EngineBench): Promise<readonly string[]> {
  return (await made.requests()).map(({ key, state, verdict }) =>
    verdict === null ? `${key} ${state}` : `${key} ${verdict.status} ${verdict.reason}`,
  )
}

/** Counts how often pieces of files are read. */
function readsOf(made: EngineBench): { pieces: number } {
  const reads = { pieces: 0 }
  const { store } = made
  const readBlob = store.readBlob.bind(store)
  store.readBlob = (params) => {
    reads.pieces += 1
    return readBlob(params)
  }
  return reads
}

describe('a file that the store has not as it came', () => {
  test('fails its own rows before anything is sent, and the others go on in the same batch', async () => {
    const made = await bench()
    const whole = aBlob(9, 1)
    await made.put([
      aRowWithBlobs('a', [damaged(file), whole]),
      aRowWithBlobs('b', [whole]),
      aRowWithBlobs('c', [whole, damaged(file)]),
    ])
    await made.enqueue('without a file')
    await made.work()
    expect((await ends(made)).toSorted()).toEqual([
      'a failed file_damaged',
      'b assigned',
      'c failed file_damaged',
      'key-1 assigned',
    ])
    expect(made.creates.map(({ count }) => count)).toEqual([2])
    expect(made.creates[0]?.body).toContain(base64(whole))
    const alarms = made.eventsOf('alarm')
    expect(alarms).toMatchObject([{ code: 'file_damaged' }])
    expect(alarms[0]?.message).toMatch(/^2 requests were not sent/)
    const request = (await made.requests()).find(({ key }) => key === 'a')
    const detail = request?.verdict?.detail ?? ''
    expect(detail).toContain(`expected ${file.bytes.length} bytes with SHA-256 ${hashText}`)
    expect(detail).toContain('other bytes in its place, with SHA-256')
    const life = await made.store.getRequest({ project: made.project, id: request?.id as never })
    expect(life?.attempts).toMatchObject([
      { attempt: { withdrawn: true, possiblyPaid: false, outcome: null } },
    ])
  })

  test('of which nothing else is in its batch costs no create and no look', async () => {
    const made = await bench()
    await made.put([aRowWithBlobs('a', [damaged(file)])])
    let looks = 0
    made.transport.always('snapshot', () => {
      looks += 1
      return { type: 'page', batches: [], hasMore: false, serverAt: 1, workspaceId: null }
    })
    await made.work()
    expect(await ends(made)).toEqual(['a failed file_damaged'])
    expect(made.creates).toEqual([])
    expect(looks).toBe(0)
    const { submissions } = made.store.snapshot()
    expect(submissions).toMatchObject([{ state: 'dissolved', requestCount: 0, holdNano: 0 }])
  })

  test.each([
    [BLOB_PIECE_BYTES, BLOB_PIECE_BYTES],
    [BLOB_PIECE_BYTES + 1, BLOB_PIECE_BYTES + 1],
    [4, 4],
  ])('that has %d bytes only is said to have so many', async (there, said) => {
    const made = await bench()
    const short = { hash: file.hash, bytes: file.bytes.subarray(0, there) }
    await made.put([{ ...aRowWithBlobs('a', [file]), blobs: [short] }])
    await made.work()
    expect(await ends(made)).toEqual(['a failed file_damaged'])
    expect((await made.requests())[0]?.verdict?.detail).toMatch(
      new RegExp(`, and the store has ${said} bytes of it$`),
    )
  })

  test('that is gone with all that the store knew of it blocks nobody for longer than one send', async () => {
    const made = await bench()
    await made.put([{ ...aRowWithBlobs('a', [file]), blobs: undefined }])
    await made.enqueue('without a file')
    await made.work()
    expect(made.creates).toEqual([])
    await made.pass(2)
    expect((await ends(made)).toSorted()).toEqual(['a failed file_damaged', 'key-1 assigned'])
    expect(made.creates).toHaveLength(1)
  })

  test('that is gone so blocks nobody where each round is a process of its own', async () => {
    const made = await bench()
    await made.put([{ ...aRowWithBlobs('a', [file]), blobs: undefined }])
    await made.enqueue('without a file')
    for (let round = 0; round < 4; round++) {
      made.restart()
      await made.pass(1)
    }
    expect((await ends(made)).toSorted()).toEqual(['a failed file_damaged', 'key-1 assigned'])
    expect(made.creates).toHaveLength(1)
  })

  test('is read once by a worker while it is whole, however many batches have it', async () => {
    const made = await bench()
    const reads = readsOf(made)
    for (const key of ['a', 'b', 'c']) {
      await made.put([aRowWithBlobs(key, [file])])
      await made.work()
    }
    expect(made.creates).toHaveLength(3)
    // Two pieces to look at, and two for each of the three bodies.
    expect(reads.pieces).toBe(2 + 3 * 2)
  })

  test('is mended when its row comes again with it, and a retry of the row is sent', async () => {
    const made = await bench()
    await made.put([aRowWithBlobs('a', [damaged(file)])])
    await made.work()
    await made.put([aRowWithBlobs('a', [file])])
    const [failed] = await made.requests()
    const { project } = made
    await made.store.retry({ project, rows: [{ requestId: failed?.id as never, changed: null }] })
    await made.work()
    expect(await ends(made)).toEqual(['a assigned'])
    expect(made.creates[0]?.body).toContain(base64(file))
  })

  test('is mended for a retry that came before it', async () => {
    const made = await bench()
    await made.put([aRowWithBlobs('a', [damaged(file)])])
    await made.work()
    const [failed] = await made.requests()
    const { project } = made
    await made.store.retry({ project, rows: [{ requestId: failed?.id as never, changed: null }] })
    await made.put([aRowWithBlobs('a', [file])])
    await made.work()
    expect(await ends(made)).toEqual(['a assigned'])
    expect(made.creates[0]?.body).toContain(base64(file))
  })
})
