import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'

/** A lock that the kernel gives back when its holder dies, however it dies. */
export interface Lock {
  release(): void
}

/**
 * Takes the lock at `path`, or gives null where another process holds it. It is SQLite's own file lock (Node has no
 * `flock`): an exclusive transaction that is never ended.
 */
export function tryLock(path: string): Lock | null {
  mkdirSync(dirname(path), { recursive: true })
  const database = new Database(path, { timeout: 0 })
  try {
    database.pragma('journal_mode = MEMORY')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null
    throw error
  }
  return { release: () => database.close() }
}

/**
 * Takes the lock, waiting up to `patience` milliseconds for its holder to leave.
 *
 * @throws {LockTaken} naming the holder.
 */
export async function takeLock(path: string, patience: number, purpose: string): Promise<Lock> {
  const deadline = Date.now() + patience
  for (;;) {
    const lock = tryLock(path)
    if (lock) {
      leaveName(path, purpose)
      return lock
    }
    if (Date.now() >= deadline) throw new LockTaken(path, purpose)
    await new Promise((done) => setTimeout(done, 50))
  }
}

/** Whether some process holds the lock just now. Makes no lock where there was none. */
export function isLocked(path: string): boolean {
  if (!existsSync(path)) return false
  const lock = tryLock(path)
  lock?.release()
  return lock === null
}

export class LockTaken extends Error {
  /** Process id of the holder, 0 where it did not leave its name. */
  readonly pid: number

  constructor(path: string, purpose: string) {
    const pid = holderOf(path)
    super(
      `${purpose}: ${dirname(path)} is in use by ${pid ? `process ${pid}` : 'another process'}; stop that one, or use another JEJAK_DATA_DIR`,
    )
    this.name = 'LockTaken'
    this.pid = pid
  }
}

/** For the message of whoever finds the lock taken. A full disk does not keep anyone from working. */
function leaveName(path: string, purpose: string): void {
  try {
    writeFileSync(holderFile(path), `${JSON.stringify({ pid: process.pid, purpose })}\n`)
  } catch {
    rmSync(holderFile(path), { force: true })
  }
}

function holderOf(path: string): number {
  try {
    const { pid } = JSON.parse(readFileSync(holderFile(path), 'utf8'))
    return typeof pid === 'number' ? pid : 0
  } catch {
    return 0
  }
}

function holderFile(path: string): string {
  return `${path}.holder`
}
